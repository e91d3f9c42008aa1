using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.VirtualService;

/// <summary>Another team's service, however its name is written.</summary>
public sealed class ForeignHostTests
{
    private const string Id = "virtual-service-foreign-host";

    private static readonly Cluster World = Cluster.Live.With(
        new ObjectKey(ObjectKind.Service, "bank", "pay"),
        Judge.Json("{'metadata': {'name': 'pay', 'namespace': 'bank'}, 'spec': {'ports': [{'port': 80}]}}")
    );

    [Theory]
    [InlineData("pay.bank.svc.cluster.local")]
    [InlineData("PAY.bank.svc.cluster.local")]
    [InlineData("pay.Bank.SVC.cluster.Local")]
    [InlineData("pay.bank.svc.cluster.local.")]
    [InlineData("*.bank.svc.cluster.local")]
    [InlineData("*y.bank.svc.cluster.local")]
    [InlineData("*-pay.BANK.svc.cluster.local")]
    [InlineData("*.svc.cluster.local")]
    [InlineData("*.cluster.local")]
    [InlineData("*.local")]
    [InlineData("*bank.svc.cluster.local")]
    public void It_is_not_routed_from_here(string host) => Assert.Equal(GuardAction.Deny, ActionOf(host));

    [Theory]
    [InlineData("pay.bank")]
    [InlineData("pay.bank.svc")]
    [InlineData("gone.bank.svc.cluster.local")]
    public void It_is_advice_where_nobody_may_have_the_name(string host) => Assert.Equal(GuardAction.Warn, ActionOf(host));

    [Theory]
    [InlineData("api")]
    [InlineData("api.shop.svc.cluster.local")]
    [InlineData("*.shop.svc.cluster.local")]
    [InlineData("*i.shop.svc.cluster.local")]
    [InlineData("pay.example.com")]
    [InlineData("*.example.com")]
    public void Ones_own_and_the_internet_are_nobodys_matter(string host) => Assert.Null(ActionOf(host));

    [Theory]
    [InlineData("'exportTo': ['*']", GuardAction.Deny)]
    [InlineData("'exportTo': ['bank']", GuardAction.Deny)]
    [InlineData("'exportTo': ['.', 'front']", GuardAction.Deny)]
    [InlineData("'gateways': ['mesh', 'istio-system/gw']", GuardAction.Deny)]
    [InlineData("'exportTo': ['.']", null)]
    [InlineData("'exportTo': ['shop']", null)]
    [InlineData("'gateways': ['istio-system/gw']", null)]
    public void Only_ones_own_callers_may_be_sent_elsewhere(string field, GuardAction? action) =>
        Assert.Equal(action, ActionOf("pay.bank.svc.cluster.local", field));

    [Theory]
    [InlineData("{'exemptHosts': ['*.bank.svc.cluster.local']}")]
    [InlineData("{'routingNamespaces': ['sh*']}")]
    public void Those_who_may_are_named(string parameters) => Assert.Null(ActionOf("pay.bank.svc.cluster.local", parameters: parameters));

    [Fact]
    public void Whatever_the_route_does()
    {
        foreach (
            var route in (string[])["'directResponse': {'status': 200}", "'redirect': {'uri': '/'}", "'delegate': {'name': 'a', 'namespace': 'bank'}"]
        )
            Assert.Equal(GuardAction.Deny, ActionOf("pay.bank.svc.cluster.local", route: route));
    }

    private static GuardAction? ActionOf(
        string host,
        string field = "'exportTo': []",
        string? parameters = null,
        string route = "'route': [{'destination': {'host': 'api'}}]"
    )
    {
        var json =
            "{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {'name': 'web', 'namespace': 'shop'}, "
            + $"'spec': {{'hosts': ['{host}'], {field}, 'http': [{{{route}}}]}}}}";
        var found = Judge.Rule(Id, json, cluster: World, parameters: parameters);
        return found.Count == 0 ? null : Assert.Single(found).Action;
    }
}
