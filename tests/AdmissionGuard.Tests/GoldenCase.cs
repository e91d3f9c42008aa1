using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Manifests;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Tests;

/// <summary>
/// A file of <c>tests/cases/RULE/</c>, judged by its own rule alone: as baseline has it (as strict where baseline leaves it off), or as
/// <c>NAME.policy.yaml</c> says, which may hold exceptions and settings too; as an update where there is a <c>NAME.old.yaml</c>.
/// </summary>
public sealed record GoldenCase(string RuleId, string Name)
{
    private string Folder => Path.Combine(Repository.Cases, RuleId);

    public string Manifest => Path.Combine(Folder, Name + ".yaml");

    public string Expected => Path.Combine(Folder, Name + ".expected");

    public static IEnumerable<GoldenCase> All() =>
        from folder in Directory.EnumerateDirectories(Repository.Cases).Order(StringComparer.Ordinal)
        from file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
        let name = Path.GetFileNameWithoutExtension(file)
        where !name.EndsWith(".old", StringComparison.Ordinal) && !name.EndsWith(".policy", StringComparison.Ordinal)
        select new GoldenCase(Path.GetFileName(folder), name);

    internal ManifestSet Manifests => Read(Manifest)!;

    internal ManifestSet? Old => Read(Path.Combine(Folder, Name + ".old.yaml"));

    internal GuardSettings Settings => Policies().Settings;

    private PolicySet Policies()
    {
        var own = Path.Combine(Folder, Name + ".policy.yaml");
        return PolicyFiles.Read(File.Exists(own) ? [own] : [], [], Stream.Null, Judge.Now);
    }

    internal Cluster World()
    {
        var set = Policies();
        Assert.Empty(set.Errors);
        var rule = Catalogue.Find(RuleId)!;
        if (set.Policies.Count == 0)
            return set.Cluster.With([
                new GuardPolicy("baseline", [RuleSetting.Of(rule, rule.Baseline.Action == GuardAction.Off ? Profile.Strict : Profile.Baseline)]),
            ]);
        Assert.All(set.Policies.SelectMany(p => p.Rules), r => Assert.Equal(RuleId, r.Rule.Id));
        return set.Cluster;
    }

    internal CheckReport Report() => new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(World(), Manifests, Old);

    /// <summary>What <c>check --audit</c> prints, notices and errors behind it, with the file's name alone.</summary>
    public string Text() => CaseText.Of(Report(), Folder);

    public override string ToString() => $"{RuleId}/{Name}";

    private static ManifestSet? Read(string path) => File.Exists(path) ? ManifestFiles.Read([path], [], Stream.Null) : null;
}
