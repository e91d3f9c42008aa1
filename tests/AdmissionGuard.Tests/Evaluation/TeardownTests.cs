using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>An announced teardown lets deletions pass, for an hour at most (docs/how-changes-are-judged.md#teardown).</summary>
public sealed class TeardownTests
{
    private const string Good = "2026-11-21T12:30:00Z the shop moves to another cluster";

    private static string Rule(string annotation = "") =>
        "{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {'name': 'api', 'namespace': 'shop'"
        + (annotation.Length > 0 ? $", 'annotations': {{'admissionguard.io/teardown': '{annotation}'}}" : "")
        + "}, 'spec': {'host': 'api', 'trafficPolicy': {'outlierDetection': {'consecutive5xxErrors': 5}}}}";

    private static Verdict Delete(string annotation, string ofNamespace = "", bool hasService = true)
    {
        var world = Cluster.Live.With([GuardPolicy.Of(Profile.Baseline)]);
        if (hasService)
            world = world.With(
                new ObjectKey(ObjectKind.Service, "shop", "api"),
                Judge.Json("{'apiVersion': 'v1', 'kind': 'Service', 'spec': {'ports': [{'port': 80}]}}")
            );
        if (ofNamespace.Length > 0)
            world = world.WithNamespace("shop", Judge.Json($"{{'metadata': {{'annotations': {{'admissionguard.io/teardown': '{ofNamespace}'}}}}}}"));
        var old = Judge.Json(Rule(annotation));
        var review = Judge.Review(Rule(annotation)) with { Operation = Operation.Delete, Object = default, OldObject = old, Stage = Stage.Validate };
        return Evaluator.Evaluate(review, world.With(review.Key, old));
    }

    [Theory]
    [InlineData(Good, true)]
    [InlineData("2026-11-21T13:00:00Z the shop moves to another cluster", true)]
    [InlineData("2026-11-21T12:30:00+00:00 the shop moves to another cluster", true)]
    [InlineData("2026-11-21T13:00:01Z the shop moves to another cluster", false)]
    [InlineData("2026-11-21T12:00:00Z the shop moves to another cluster", false)]
    [InlineData("2026-11-21T12:30:00Z moves", false)]
    [InlineData("tomorrow the shop moves to another cluster", false)]
    [InlineData("", false)]
    public void It_counts_while_its_end_lies_ahead_and_within_the_hour(string annotation, bool allowed)
    {
        Assert.Equal(allowed, Delete(annotation).Allowed);
        Assert.Equal(allowed, Delete("", annotation).Allowed);
        Assert.Equal(annotation.Length > 0, Delete(annotation).Teardown is not null);
        Assert.Equal(annotation.Length > 0 ? 1 : 0, Delete(annotation).Notices.Count());
    }

    [Fact]
    public void The_namespace_counts_where_the_object_s_own_has_ended() =>
        Assert.True(Delete("2026-11-21T11:00:00Z the shop moves to another cluster", Good).Allowed);

    [Fact]
    public void What_has_no_users_any_more_goes_without() => Assert.True(Delete("", hasService: false).Allowed);

    [Fact]
    public void It_counts_for_no_change()
    {
        var world = Cluster.Live.With([GuardPolicy.Of(Profile.Baseline)]);
        var now = Rule(Good).Replace(", 'trafficPolicy': {'outlierDetection': {'consecutive5xxErrors': 5}}", "", StringComparison.Ordinal);
        Assert.False(Evaluator.Evaluate(Judge.Review(now, Rule(Good), stage: Stage.Validate), world).Allowed);
    }

    [Fact]
    public void The_denial_says_how_to_announce_it()
    {
        var text = AdmissionGuard.Admission.Refusal.Text(Delete(""));
        Assert.Contains(
            "kubectl annotate destinationrule api -n shop admissionguard.io/teardown=\"2026-11-21T12:30:00Z ",
            text,
            StringComparison.Ordinal
        );
    }
}
