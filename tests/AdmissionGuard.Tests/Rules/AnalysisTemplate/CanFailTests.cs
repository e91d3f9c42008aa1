using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.AnalysisTemplate;

public sealed class CanFailTests
{
    [Theory]
    [InlineData("'interval': '1m', 'count': 5, 'failureLimit': 4", false)]
    [InlineData("'interval': '1m', 'count': 5, 'failureLimit': 5", true)]
    [InlineData("'interval': '1m', 'failureLimit': 5000", false)]
    [InlineData("'interval': '1m', 'count': 0, 'failureLimit': 5", false)]
    [InlineData("'interval': '1m', 'count': '3', 'failureLimit': '3'", true)]
    [InlineData("'interval': '1m', 'count': '{{args.count}}', 'failureLimit': 3", false)]
    [InlineData("'failureLimit': 1", true)]
    [InlineData("'failureLimit': 0", false)]
    [InlineData("'interval': '1m', 'failureLimit': -1", true)]
    [InlineData("'interval': '1m', 'failureLimit': -1, 'consecutiveSuccessLimit': 2", false)]
    [InlineData("'interval': '1m', 'failureLimit': -1, 'consecutiveSuccessLimit': '{{args.x}}'", false)]
    public void The_failure_limit_is_less_than_what_is_measured(string limits, bool found) =>
        Assert.Equal(found, Judge.Rule("analysis-template-can-fail", Template(limits)).Count == 1);

    [Fact]
    public void A_limit_that_was_there_is_a_warning_and_a_higher_one_is_refused()
    {
        var old = Template("'failureLimit': 2");
        Assert.Equal(
            GuardAction.Warn,
            Assert.Single(Judge.Rule("analysis-template-can-fail", Template("'failureLimit': 2, 'initialDelay': '1m'"), old)).Action
        );
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule("analysis-template-can-fail", Template("'failureLimit': 3"), old)).Action);
    }

    private static string Template(string limits) =>
        $"{{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'AnalysisTemplate', 'metadata': {{'name': 'errors', 'namespace': 'shop'}}, 'spec': "
        + $"{{'metrics': [{{'name': 'errors', {limits}, 'successCondition': 'result < 5', 'provider': {{'datadog': {{'query': "
        + $"'sum:errors'}}}}}}]}}}}";
}
