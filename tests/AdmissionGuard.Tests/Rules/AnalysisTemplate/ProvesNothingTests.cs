using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.AnalysisTemplate;

/// <summary>An analysis that every version passes, however it is written.</summary>
public sealed class ProvesNothingTests
{
    [Theory]
    [InlineData("true")]
    [InlineData(" (true) ")]
    [InlineData("not false")]
    [InlineData("!(false)")]
    [InlineData("1 == 1")]
    [InlineData("1 + 1 >= 2")]
    [InlineData("-1 < 0")]
    [InlineData("1e3 > 999")]
    [InlineData("'a' == 'a'")]
    [InlineData("len(result) >= 0")]
    [InlineData("len(result) > -1")]
    [InlineData("len(result[0].values) != -1")]
    [InlineData("result == result")]
    [InlineData("result[0] <= result[0]")]
    [InlineData("true || result[0] > 1")]
    [InlineData("result[0] > 1 or 2 > 1")]
    [InlineData("isNaN(result) || true")]
    [InlineData("result[0] >= 0 || result[0] < 0")]
    [InlineData("result[0] < 5 || result[0] > 1")]
    [InlineData("(len(result) >= 0) && (1 == 1)")]
    public void It_is_always_true(string condition) => Assert.True(ConditionTruth.Of(condition));

    [Theory]
    [InlineData("false")]
    [InlineData("1 == 2")]
    [InlineData("len(result) < 0")]
    [InlineData("false && result[0] > 1")]
    [InlineData("result[0] != result[0]")]
    [InlineData("result[0] > 5 && result[0] < 1")]
    public void It_is_never_true(string condition) => Assert.False(ConditionTruth.Of(condition) ?? true);

    [Theory]
    [InlineData("result[0] >= 0.95")]
    [InlineData("result >= 0.95 && result <= 1")]
    [InlineData("len(result) > 0 && result[0] < 0.05")]
    [InlineData("len(result) == 0 || result[0] < 0.05")]
    [InlineData("result[0] == result[0] && result[0] > 0.9")]
    [InlineData("isNaN(result[0]) || result[0] > 0.9")]
    [InlineData("all(result, {# > 0.9})")]
    [InlineData("result.ok && result.count > 3")]
    [InlineData("result[0] < 1 || result[0] > 5")]
    [InlineData("result[0] < 1 || result[1] > 0")]
    [InlineData("default(result, 0) > 5")]
    [InlineData("result in [1, 2]")]
    [InlineData("asFloat(result) > 0.9 ? true : false")]
    [InlineData("{{args.condition}}")]
    [InlineData("(((")]
    [InlineData("")]
    public void It_depends_on_the_result(string condition) => Assert.Null(ConditionTruth.Of(condition));

    [Theory]
    [InlineData("vector(1)", true)]
    [InlineData(" scalar(vector(1)) ", true)]
    [InlineData("1", true)]
    [InlineData("1 > bool 0", true)]
    [InlineData("time() - 5", true)]
    [InlineData("vector(1) or sum(rate(http_requests_total[1m]))", true)]
    [InlineData("vector(1) or sum(rate(http_requests_total{app=\"x\"}[1m]))", true)]
    [InlineData("sum(rate(http_requests_total[1m])) * 0 + 1", true)]
    [InlineData("# up\nvector(1)", true)]
    [InlineData("sum(rate(http_requests_total[1m])) or vector(1)", false)]
    [InlineData("{__name__=\"up\"}", false)]
    [InlineData("{{args.query}}", false)]
    [InlineData("up", false)]
    [InlineData("sum by (pod) (job:errors:rate5m)", false)]
    [InlineData("rate(errors[5m]) * 0.5", false)]
    public void A_query_asks_for_a_series_or_for_none(string query, bool constant) => Assert.Equal(constant, ConstantQuery.Is(query));

    [Theory]
    [InlineData("'successCondition': '1 == 1'", "up", GuardAction.Deny)]
    [InlineData("'failureCondition': 'len(result) < 0'", "up", GuardAction.Deny)]
    [InlineData("'successCondition': '1 == 1', 'failureCondition': 'result[0] > 5'", "up", null)]
    [InlineData("'successCondition': 'result[0] > 0.95'", "vector(1)", GuardAction.Deny)]
    [InlineData("'successCondition': 'result[0] > 0.95'", "up", null)]
    public void A_template_with_it_is_denied(string condition, string query, GuardAction? action)
    {
        var found = Judge.Rule(
            "analysis-template-can-fail",
            Template($"{{'name': 'ok', {condition}, 'provider': {{'prometheus': {{'query': '{query}'}}}}}}")
        );
        Assert.Equal(action, found.Count == 0 ? null : Assert.Single(found).Action);
    }

    [Fact]
    public void A_template_without_a_metric_is_denied_unless_it_takes_in_others()
    {
        Assert.Single(Judge.Rule("analysis-template-can-fail", Template("")));
        Assert.Empty(
            Judge.Rule(
                "analysis-template-can-fail",
                Template("").Replace("'metrics'", "'templates': [{'templateName': 'other'}], 'metrics'", StringComparison.Ordinal)
            )
        );
    }

    internal static string Template(string metrics) =>
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'AnalysisTemplate', 'metadata': {'name': 'rate', 'namespace': 'shop'}, "
        + $"'spec': {{'metrics': [{metrics}]}}}}";
}
