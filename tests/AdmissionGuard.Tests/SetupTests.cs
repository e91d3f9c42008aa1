using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Formats;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests;

/// <summary>
/// Whole set-ups of <c>tests/setups</c>, such as teams have them, judged by each profile: what all rules together say of them.
/// UPDATE_GOLDEN=1 writes what is expected.
/// </summary>
[Trait(Repository.Writes, Repository.Golden)]
public sealed class SetupTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "setups");

    public static TheoryData<string, Profile> Names
    {
        get
        {
            var data = new TheoryData<string, Profile>();
            foreach (var file in Directory.EnumerateFiles(Folder, "*.yaml").Order(StringComparer.Ordinal))
            {
                foreach (var profile in (Profile[])[Profile.Baseline, Profile.Strict])
                    data.Add(Path.GetFileNameWithoutExtension(file), profile);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_exactly_these_findings(string name, Profile profile)
    {
        var manifests = ManifestFiles.Read([Path.Combine(Folder, name + ".yaml")], [], Stream.Null);
        var report = new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(Cluster.Empty.With([GuardPolicy.Of(profile)]), manifests, old: null);
        Assert.Empty(report.Errors);
        var text = new StringWriter { NewLine = "\n" };
        CheckText.Write(text, report, new FormatOptions(SourceRoot.Of(Folder), Audit: true));
        var expected = Path.Combine(Folder, $"{name}.{GuardPolicy.NameOf(profile)}.expected");
        var actual = text.ToString().Replace(Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        if (Repository.UpdatesGolden)
            File.WriteAllText(expected, actual);
        Assert.True(File.Exists(expected), $"{expected} is missing: UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(expected), actual);
    }
}
