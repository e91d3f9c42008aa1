using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class ZeroLimitTests
{
    private const string Id = "destination-rule-zero-limit";

    [Theory]
    [InlineData("tcp", "maxConnections")]
    [InlineData("http", "http1MaxPendingRequests")]
    [InlineData("http", "http2MaxRequests")]
    [InlineData("http", "maxRetries")]
    public void Zero_is_denied_at_the_field(string group, string field)
    {
        var finding = Assert.Single(Judge.Rule(Id, Rules.Api($"{{'connectionPool': {{'{group}': {{'{field}': 0}}}}}}")));
        Assert.Equal((GuardAction.Deny, $"/spec/trafficPolicy/connectionPool/{group}/{field}"), (finding.Action, finding.Path.ToString()));
        Assert.Equal($"{field} is 0, which Istio takes for unlimited; 1 or more is a limit", finding.Finding.Message);
        Assert.StartsWith($"{field}: ", finding.Finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_found_at_every_level_inert_entries_too()
    {
        const string Pool = "'connectionPool': {'http': {'maxRetries': 0}}";
        var findings = Judge.Rule(
            Id,
            Rules.Api(
                $"{{'portLevelSettings': [{{'port': {{'number': 80}}, {Pool}}}, {{'port': {{'number': 80}}, {Pool}}}]}}",
                $"[{{'name': 'v1', 'trafficPolicy': {{{Pool}, 'portLevelSettings': [{{'port': {{'number': 80}}, {Pool}}}]}}}}]"
            )
        );
        Assert.Equal(
            ["port 80 maxRetries", "port 80 again maxRetries", "subset v1 maxRetries", "subset v1 port 80 maxRetries"],
            findings.Select(f => f.Finding.Key)
        );
    }

    [Theory]
    [InlineData("{'http': {'maxRequestsPerConnection': 0, 'idleTimeout': '0s'}}")]
    [InlineData("{'tcp': {'maxConnections': 1}}")]
    [InlineData("{'tcp': {'maxConnections': null}, 'http': {}}")]
    [InlineData("{'tcp': {'maxConnections': '0'}}")]
    [InlineData("{'tcp': 0}")]
    public void Other_values_are_fine(string pool) => Assert.Empty(Judge.Rule(Id, Rules.Api($"{{'connectionPool': {pool}}}")));

    [Fact]
    public void A_zero_that_was_there_is_no_reason_to_refuse_and_a_new_one_is()
    {
        const string One = "{'connectionPool': {'http': {'maxRetries': 0}}}";
        const string Two = "{'connectionPool': {'http': {'maxRetries': 0, 'http2MaxRequests': 0}}}";
        Assert.Equal(
            [(GuardAction.Deny, Because.None), (GuardAction.Warn, Because.Ratchet)],
            Judge.Rule(Id, Rules.Api(Two), old: Rules.Api(One)).Select(f => (f.Action, f.Because))
        );
    }
}
