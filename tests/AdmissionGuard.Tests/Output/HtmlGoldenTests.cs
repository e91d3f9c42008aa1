using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Manifests;
using AdmissionGuard.Pages;

namespace AdmissionGuard.Tests.Output;

/// <summary>
/// The manifests of <c>tests/pages/</c> as a page, with what <c>NAME.previous.json</c> says was found before. UPDATE_GOLDEN=1 writes it.
/// </summary>
[Trait(Repository.Writes, Repository.Golden)]
public sealed class HtmlGoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "pages");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Order(StringComparer.Ordinal).Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_the_page_that_is_expected(string name)
    {
        var (documents, errors) = new YamlReader().Read(name + ".yaml", File.ReadAllBytes(Path.Combine(Folder, name + ".yaml")));
        var report = new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(
            Cluster.Empty.With([GuardPolicy.Of(Profile.Baseline)]),
            new ManifestSet([.. documents], [.. errors], [], 0),
            old: null
        );
        var previous = Path.Combine(Folder, name + ".previous.json");
        var look = new FormatOptions(new SourceRoot(Folder), Audit: true)
        {
            Now = Judge.Now,
            At = [name + ".yaml"],
            Earlier = File.Exists(previous) ? EarlierReport.Read(previous, File.ReadAllBytes(previous)) : null,
        };
        using var text = new StringWriter { NewLine = "\n" };
        CheckHtml.Write(text, report, look);
        var expected = Path.Combine(Folder, name + ".html");
        if (Repository.UpdatesGolden)
            File.WriteAllText(expected, text.ToString());
        Assert.True(File.Exists(expected), $"{expected} is missing: UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(expected), text.ToString());
    }
}
