using System.Text;
using AdmissionGuard.Checks;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Tests.Manifests.Repairs;

/// <summary>
/// <c>tests/repairs/NAME.yaml</c> becomes <c>NAME.fixed.yaml</c> by the policy beside it, every byte of it; what a person must write is in
/// <c>NAME.refused</c>.
/// </summary>
[Trait(Repository.Writes, Repository.Golden)]
public sealed class GoldenRepairTests : IDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "repairs");

    private readonly string scratch = Directory.CreateTempSubdirectory("admissionguard").FullName;

    public static TheoryData<string> Names =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*.yaml")
                .Select(f => Path.GetFileNameWithoutExtension(f)!)
                .Where(n => n != "policy" && !n.EndsWith(".fixed", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose() => Directory.Delete(scratch, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Becomes_what_is_expected(string name)
    {
        var (bytes, plan) = Repaired(Path.Combine(Folder, name + ".yaml"));
        Assert.Empty(plan.Errors);
        var refused = string.Concat(plan.Unwritten.Select(u => $"{u.Document.Name} {u.Addition.Path.ToText()}: {u.Reason}\n"));
        AssertIs(Path.Combine(Folder, name + ".fixed.yaml"), bytes);
        AssertIs(Path.Combine(Folder, name + ".refused"), Encoding.UTF8.GetBytes(refused));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_second_run_changes_nothing_and_only_what_was_refused_remains(string name)
    {
        var (first, plan) = Repaired(Path.Combine(Folder, name + ".yaml"));
        var again = Path.Combine(scratch, "again.yaml");
        File.WriteAllBytes(again, first);
        var report = Report(again);
        Assert.Empty(RepairPlan.Of(report.Repairs, p => File.ReadAllBytes(p)).Files);
        Assert.Equal(0, report.Count(GuardAction.Deny));
        Assert.Equal(
            plan.Unwritten.Select(u => u.Addition.Path.ToString()).Order(StringComparer.Ordinal),
            report.Repairs.SelectMany(r => r.Additions).Select(a => a.Path.ToString()).Order(StringComparer.Ordinal)
        );
    }

    private static CheckReport Report(string path)
    {
        var policies = PolicyFiles.Read([Path.Combine(Folder, "policy.yaml")], [], Stream.Null, Judge.Now);
        Assert.Empty(policies.Errors);
        var report = new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(
            policies.Cluster,
            ManifestFiles.Read([path], [], Stream.Null),
            old: null
        );
        Assert.Empty(report.Errors);
        return report;
    }

    private static (byte[] Bytes, RepairPlan Plan) Repaired(string path)
    {
        var plan = RepairPlan.Of(Report(path).Repairs, p => File.ReadAllBytes(p));
        return (plan.Files.Count == 0 ? File.ReadAllBytes(path) : Assert.Single(plan.Files).To.ToArray(), plan);
    }

    /// <summary>No file where there is nothing to hold.</summary>
    private static void AssertIs(string path, byte[] bytes)
    {
        if (Repository.UpdatesGolden && bytes.Length > 0)
            File.WriteAllBytes(path, bytes);
        if (Repository.UpdatesGolden && bytes.Length == 0)
            File.Delete(path);
        Assert.Equal(Encoding.UTF8.GetString(File.Exists(path) ? File.ReadAllBytes(path) : []), Encoding.UTF8.GetString(bytes));
    }
}
