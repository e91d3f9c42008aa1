using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>
/// Edits of a Canary in the middle of a release: Flagger counts them at the next look, none is a rollback (docs/facts/flagger.md#edits-under-way).
/// </summary>
public sealed class CanaryEmergencyTests
{
    private const string Metric = "{'name': 'request-success-rate', 'interval': '1m', 'thresholdRange': {'min': 99}}";
    private const string Gate = "{'name': 'gate', 'type': 'rollout', 'url': 'http://gate.shop/'}";
    private const string Analysis =
        $"'interval': '1m', 'threshold': 5, 'stepWeight': 10, 'maxWeight': 50, 'metrics': [{Metric}], 'webhooks': [{Gate}]";

    private static readonly Cluster World = Cluster.Live.With([GuardPolicy.Of(Profile.Baseline)]);

    private static string Canary(string analysis, string more = "", string phase = "Progressing") =>
        "{'apiVersion': 'flagger.app/v1beta1', 'kind': 'Canary', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': {'provider': 'istio', "
        + "'targetRef': {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': 'api'}, 'service': {'port': 80, 'timeout': '10s'}"
        + $"{more}, 'analysis': {{{analysis}}}}}, "
        + $"'status': {{'phase': '{phase}', 'canaryWeight': 20, 'failedChecks': 2, 'iterations': 0}}}}";

    private static Excuse ExcuseOf(string now, string old)
    {
        var review = Judge.Review(now, old);
        return new Excuse(review, Subject.Of(review, review.OldObject, World.Settings), Subject.Of(review, review.Object, World.Settings));
    }

    [Theory]
    [InlineData("'stepWeight': 10", "'stepWeight': 20")]
    [InlineData("'maxWeight': 50", "'maxWeight': 20")]
    [InlineData("'threshold': 5", "'threshold': 6")]
    [InlineData("'interval': '1m', 'threshold'", "'interval': '30s', 'threshold'")]
    [InlineData("'min': 99", "'min': 98")]
    [InlineData("'min': 99", "'max': 99")]
    [InlineData("'name': 'request-success-rate', ", "'name': 'request-success-rate', 'query': 'vector(100)', ")]
    [InlineData($", 'webhooks': [{Gate}]", "")]
    [InlineData($"'metrics': [{Metric}], ", "")]
    [InlineData("'stepWeight': 10, 'maxWeight': 50", "'stepWeights': [10, 30, 50]")]
    [InlineData("'threshold': 5", "'threshold': 5, 'canaryReadyThreshold': 50")]
    public void What_sends_users_on_or_stops_less_is_never_excused(string written, string instead)
    {
        Assert.Contains(written, Analysis, StringComparison.Ordinal);
        Assert.False(ExcuseOf(Canary(Analysis.Replace(written, instead, StringComparison.Ordinal)), Canary(Analysis)).LoosensNothing);
    }

    [Theory]
    [InlineData(", 'skipAnalysis': true")]
    [InlineData(", 'progressDeadlineSeconds': 3600")]
    public void Nor_is_what_takes_the_judgement_away(string more) => Assert.False(ExcuseOf(Canary(Analysis, more), Canary(Analysis)).LoosensNothing);

    [Theory]
    [InlineData("'stepWeight': 10", "'stepWeight': 5")]
    [InlineData("'threshold': 5", "'threshold': 2")]
    [InlineData("'min': 99", "'min': 99.5")]
    [InlineData("'min': 99", "'min': 99, 'max': 100")]
    [InlineData($"'webhooks': [{Gate}]", $"'webhooks': [{{'name': 'more', 'url': 'http://more.shop/'}}, {Gate}]")]
    public void What_only_tightens_loosens_nothing(string written, string instead)
    {
        Assert.Contains(written, Analysis, StringComparison.Ordinal);
        Assert.True(ExcuseOf(Canary(Analysis.Replace(written, instead, StringComparison.Ordinal)), Canary(Analysis)).LoosensNothing);
    }

    [Theory]
    [InlineData("Progressing")]
    [InlineData("Failed")]
    [InlineData("Succeeded")]
    public void A_status_excuses_nothing(string phase) =>
        Assert.False(
            Evaluator.Evaluate(Judge.Review(Canary(Analysis, ", 'skipAnalysis': true", phase), Canary(Analysis, phase: phase)), World).Allowed
        );
}
