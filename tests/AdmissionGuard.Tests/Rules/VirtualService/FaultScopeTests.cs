using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

public sealed class FaultScopeTests
{
    private const string Id = "virtual-service-fault-scope";

    private static string With(string fault, string match = "") =>
        Vs.Split("v1", $"'name': 'primary', 'fault': {fault}{(match.Length > 0 ? $", 'match': [{match}]" : "")}");

    private static string Abort(double percent, string match = "", int status = 500) =>
        With(FormattableString.Invariant($"{{'abort': {{'httpStatus': {status}, 'percentage': {{'value': {percent}}}}}}}"), match);

    private const string Test = "{'headers': {'x-test': {'exact': '1'}}}";
    private const string Client = "{'sourceLabels': {'app': 'cart'}}";

    [Theory]
    [InlineData("{}")]
    [InlineData("'junk'")]
    [InlineData("{'abort': {'httpStatus': 500}}")]
    [InlineData("{'abort': {'httpStatus': 500, 'percent': 50}}")]
    [InlineData("{'abort': {'httpStatus': 500, 'percentage': 50}}")]
    [InlineData("{'abort': {'httpStatus': 500, 'percentage': {'value': '50'}}}")]
    [InlineData("{'delay': {'fixedDelay': '1s', 'percentage': {'value': 0}}}")]
    public void It_is_silent_about(string fault) => Assert.Empty(Judge.Rule(Id, With(fault)));

    [Theory]
    [InlineData(0.1, "", GuardAction.Deny)]
    [InlineData(10, Test, null)]
    [InlineData(10.5, Test, GuardAction.Warn)]
    [InlineData(10, Client, null)]
    [InlineData(10.5, Client, GuardAction.Deny)]
    [InlineData(1, "{'headers': {'x-test': {}}}", GuardAction.Deny)]
    [InlineData(1, "{'headers': {':authority': {'exact': 'a'}}}", GuardAction.Deny)]
    [InlineData(1, "{'queryParams': {'chaos': {'exact': '1'}}}", null)]
    public void Judged_by_whom_it_hits(double percent, string match, GuardAction? expected) =>
        Assert.Equal(expected, Judge.Rule(Id, Abort(percent, match)).Select(j => (GuardAction?)j.Action).SingleOrDefault());

    [Fact]
    public void The_old_percent_of_a_delay_counts() =>
        Assert.Equal(GuardAction.Deny, Assert.Single(Judge.Rule(Id, With("{'delay': {'fixedDelay': '1s', 'percent': 5}}"))).Action);

    [Theory]
    [InlineData(20, "", 20, "", Because.Ratchet)]
    [InlineData(20, "", 5, "", Because.Ratchet)]
    [InlineData(5, "", 20, "", Because.None)]
    [InlineData(50, Client, 5, "", Because.None)]
    [InlineData(50, Test, 5, "", Because.None)]
    public void What_hits_more_people_than_before_is_denied(double before, string matchBefore, double now, string match, Because because) =>
        Assert.Equal(
            because,
            Assert.Single(Judge.Rule(Id, Abort(now, match).Replace("'v1'", "'v2'", StringComparison.Ordinal), Abort(before, matchBefore))).Because
        );
}
