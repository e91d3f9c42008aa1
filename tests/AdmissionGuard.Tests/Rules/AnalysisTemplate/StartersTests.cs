using AdmissionGuard.Checks;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Rules.AnalysisTemplate;

/// <summary>What we hand out to begin with keeps our own rules.</summary>
public sealed class StartersTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "policies", "starters");

    [Fact]
    public void The_starters_pass_every_rule_of_strict()
    {
        var report = new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(
            Cluster.Empty.With([GuardPolicy.Of(Profile.Strict)]),
            ManifestFiles.Read([Folder], [], Stream.Null),
            old: null
        );
        Assert.Empty(report.Errors);
        Assert.Equal(4, report.Reviewed);
        Assert.Empty(report.Findings);
    }

    [Theory]
    [InlineData("success-rate.yaml")]
    [InlineData("latency-p95.yaml")]
    public void The_template_of_the_cluster_says_what_the_other_says(string file) =>
        Assert.Equal(
            Text(file),
            Text("cluster-" + file).Replace("kind: ClusterAnalysisTemplate", "kind: AnalysisTemplate", StringComparison.Ordinal)
        );

    private static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));
}
