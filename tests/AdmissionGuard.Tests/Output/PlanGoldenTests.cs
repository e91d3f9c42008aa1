using System.Xml.Linq;
using AdmissionGuard.Manifests;
using AdmissionGuard.Plans;

namespace AdmissionGuard.Tests.Output;

/// <summary>The manifests of <c>tests/plans/</c>, as the terminal prints them and as a picture.</summary>
[Trait(Repository.Writes, Repository.Golden)]
public sealed class PlanGoldenTests
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "plans");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Order(StringComparer.Ordinal).Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Prints_and_draws_what_is_expected(string name)
    {
        var (documents, wrong) = new YamlReader().Read(name + ".yaml", File.ReadAllBytes(Path.Combine(Folder, name + ".yaml")));
        Assert.Empty(wrong);
        var report = PlanReader.Read(new ManifestSet([.. documents], [], [], 0));
        using var text = new StringWriter { NewLine = "\n" };
        PlanText.Write(text, report, colours: false);
        foreach (var line in report.Notices.Concat(report.Errors.Select(e => e.ToString())))
            text.WriteLine(line);
        var picture = PlanSvg.Write(report);
        Assert.Equal("svg", XDocument.Parse(picture).Root!.Name.LocalName);
        AssertGolden(name + ".txt", text.ToString());
        AssertGolden(name + ".svg", picture);
    }

    private static void AssertGolden(string file, string text)
    {
        var path = Path.Combine(Folder, file);
        if (Repository.UpdatesGolden)
            File.WriteAllText(path, text);
        Assert.True(File.Exists(path), $"{path} is missing: UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(path), text);
    }
}
