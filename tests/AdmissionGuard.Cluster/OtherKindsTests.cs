namespace AdmissionGuard.Cluster;

/// <summary>Flagger's Canary, SMI's TrafficSplit and Gateway API's HTTPRoute over a real API server: people are judged, Flagger is not.</summary>
public sealed class OtherKindsTests(TestCluster cluster) : IAsyncLifetime
{
    private const string FlaggerAccount = "system:serviceaccount:flagger-system:flagger";

    private readonly string ns = "other-kinds-" + Guid.NewGuid().ToString("N")[..8];
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    private Kubectl Flagger => cluster.Kubectl.As(FlaggerAccount);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        (await cluster.Kubectl.Run($"create rolebinding flagger --clusterrole=cluster-admin --user={FlaggerAccount} -n {ns}")).Passed();
        await cluster.ServePolicies("guardpolicies");
        await Waiting.Until(async () => (await Flagger.Run($"get canaries -n {ns}")).Status == 0, () => "Flagger may not do anything");
        guard = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
        (await Human.Apply("{apiVersion: admissionguard.io/v1alpha1, kind: GuardPolicy, metadata: {name: all}, spec: {profile: baseline}}")).Passed();
        await Waiting.Until(
            async () => (await Human.Apply(Canary("skipAnalysis: true"), "--dry-run=server")).Status != 0,
            () => "a Canary is not judged"
        );
        await guard.UntilAllKnown();
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run("delete guardpolicies --all");
        if (guard is not null)
            await guard.DisposeAsync();
        await cluster.Kubectl.Run($"delete canaries,trafficsplits,httproutes,virtualservices,destinationrules --all -n {ns} --wait=false");
        await cluster.Kubectl.Run($"delete namespace {ns} --wait=false");
        await NamespaceController.LetGo(cluster.Kubectl, ns);
    }

    [Fact]
    public async Task A_Canary_must_be_able_to_fail()
    {
        Denied(await Human.Apply(Canary("skipAnalysis: true")), "canary-can-fail", "spec.skipAnalysis");
        Denied(await Human.Apply(Canary("skipAnalysis: false", metrics: "[]")), "canary-can-fail", "spec.analysis.metrics");
        (await Human.Apply(Canary("skipAnalysis: false"))).Passed();
        Denied(
            await Human.Run(["patch", "canary", "checkout", "-n", ns, "--type=merge", "-p", """{"spec":{"skipAnalysis":true}}"""], input: null),
            "canary-can-fail",
            "spec.skipAnalysis"
        );
    }

    /// <summary>Of the repair nothing is dropped by the definition, and the next review has nothing to add.</summary>
    [Fact]
    public async Task A_repaired_Canary_is_stored_as_it_was_repaired_and_asks_for_nothing_more()
    {
        (await Human.Apply("{apiVersion: admissionguard.io/v1alpha1, kind: GuardPolicy, metadata: {name: all}, spec: {profile: strict}}")).Passed();
        var canary = Canary("skipAnalysis: false", service: "port: 8080");
        await Waiting.Until(
            async () =>
                (await Human.Apply(canary, "--dry-run=server -o jsonpath={.spec.service.trafficPolicy.connectionPool.http.maxRetries}")).Out == "200",
            () => "strict does not repair a Canary"
        );

        (await Human.Apply(canary)).Passed();
        var stored = await Stored();
        Assert.Contains("\"http2MaxRequests\":10000", stored, StringComparison.Ordinal);
        Assert.Contains("\"consecutive5xxErrors\":5", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("tcp", stored, StringComparison.Ordinal);

        (await Human.Run($"annotate canary checkout -n {ns} looked-at=again")).Passed();
        Assert.Equal(stored, await Stored());
    }

    private async Task<string> Stored() => (await Human.Run($"get canary checkout -n {ns} -o jsonpath={{.spec.service}}")).Passed().Out;

    [Fact]
    public async Task A_Service_of_a_Canary_keeps_choosing_the_primary()
    {
        (await Human.Apply(Canary("skipAnalysis: false"))).Passed();
        (
            await Flagger.Apply(
                $"{{apiVersion: v1, kind: Service, metadata: {{name: checkout, namespace: {ns}}}, "
                    + "spec: {clusterIP: None, ports: [{port: 80}], selector: {app: checkout-primary}}}"
            )
        ).Passed();
        var refused = """{"spec":{"selector":{"app":"checkout"}}}""";
        await Waiting.Until(async () => (await PatchService(refused, "--dry-run=server")).Status != 0, () => "the Service of a Canary is not judged");
        Denied(await PatchService(refused), "service-selector", "spec.selector.app");
        (await PatchService("""{"metadata":{"labels":{"team":"pay"}},"spec":{"ports":[{"port":81}]}}""")).Passed();
    }

    private Task<Outcome> PatchService(string patch, params string[] options) =>
        Human.Run(["patch", "service", "checkout", "-n", ns, "--type=merge", "-p", patch, .. options], input: null);

    [Fact]
    public async Task Flagger_writes_and_deletes_what_it_must()
    {
        (await Human.Apply(Canary("skipAnalysis: false"))).Passed();
        (await Flagger.Apply(VirtualService(100, 0))).Passed();
        (await Flagger.Apply(DestinationRule)).Passed();

        Denied(await Human.Apply(VirtualService(0, 100), "--dry-run=server"), "virtual-service-weight-increase", "spec.http[0].route[1].weight");
        (await Flagger.Apply(VirtualService(0, 100))).Passed();
        (await Flagger.Apply(VirtualService(100, 0))).Passed();
        (await Flagger.Apply(Canary("skipAnalysis: true"), "--dry-run=server")).Passed();

        (await Patch("""{"status":{"phase":"Progressing","canaryWeight":10}}""", "--subresource=status")).Passed();
        Assert.Equal("Progressing", (await Human.Run($"get canary checkout -n {ns} -o jsonpath={{.status.phase}}")).Passed().Out);
        (await Patch("""{"metadata":{"finalizers":["finalizer.flagger.app"]}}""")).Passed();
        (await Human.Run($"delete canary checkout -n {ns} --wait=false")).Passed();
        Assert.NotEqual("", (await Human.Run($"get canary checkout -n {ns} -o jsonpath={{.metadata.deletionTimestamp}}")).Passed().Out);
        (await Patch("""{"metadata":{"finalizers":null}}""")).Passed();
        Assert.Equal("", (await Human.Run($"get canary checkout -n {ns} --ignore-not-found")).Passed().Out);

        (await Human.Apply(PrimaryService)).Passed();
        (await Human.Apply(Stranger)).Passed();
        // the server sees by its watch the stranger, which needs the subset, and that its users can still get there
        await Waiting.Until(
            async () => (await Human.Run($"delete destinationrule checkout-primary -n {ns} --dry-run=server")).Status != 0,
            () => "the deletion is not judged"
        );
        (await Flagger.Run($"delete destinationrule checkout-primary -n {ns}")).Passed();
        (await Flagger.Run($"delete virtualservice checkout -n {ns}")).Passed();
    }

    [Fact]
    public async Task A_TrafficSplit_keeps_a_backend_and_moves_users_in_steps()
    {
        Denied(await Human.Apply(TrafficSplit(0, 0)), "traffic-split-backends", "spec.backends");
        (await Human.Apply(TrafficSplit(90, 10))).Passed();
        Denied(await Human.Apply(TrafficSplit(0, 0)), "traffic-split-backends", "spec.backends");
        Denied(await Human.Apply(TrafficSplit(10, 90)), "virtual-service-weight-increase", "spec.backends[1].weight");
        (await Human.Apply(TrafficSplit(50, 50))).Passed();
        (await Human.Apply(TrafficSplit(10, 90))).Passed();
        (await Human.Apply(TrafficSplit(90, 10))).Passed();
    }

    [Fact]
    public async Task An_HTTPRoute_keeps_a_backend_and_moves_users_in_steps()
    {
        Denied(await Human.Apply(HttpRoute("{name: search-stable, port: 80, weight: 0}")), "traffic-split-backends", "spec.rules[0].backendRefs");
        (await Human.Apply(HttpRoute(Weighed(90, 10)))).Passed();
        Denied(await Human.Apply(HttpRoute(Weighed(10, 90))), "virtual-service-weight-increase", "spec.rules[0].backendRefs[1].weight");
        (await Human.Apply(HttpRoute(Weighed(50, 50)))).Passed();
        (await Human.Apply(HttpRoute(Weighed(10, 90)))).Passed();
        (await Human.Apply(HttpRoute(Weighed(90, 10)))).Passed();
    }

    [Fact]
    public async Task A_weight_that_an_HTTPRoute_omits_is_1()
    {
        (await Human.Apply(HttpRoute("{name: search-stable, port: 80}"))).Passed();
        (await Human.Apply(HttpRoute("{name: search-stable, port: 80, weight: 9}, {name: search-canary, port: 80}"))).Passed();
        Assert.Equal("9 1", (await Human.Run($"get httproute search -n {ns} -o jsonpath={{.spec.rules[0].backendRefs[*].weight}}")).Passed().Out);

        var denied = await Human.Apply(HttpRoute("{name: search-stable, port: 80}, {name: search-canary, port: 80, weight: 9}"));
        Denied(denied, "virtual-service-weight-increase", "spec.rules[0].backendRefs[1].weight");
        Assert.Contains("search-canary:80 goes from 10 % to 90 % of users in one step", denied.Error, StringComparison.Ordinal);
    }

    private static void Denied(Outcome outcome, string rule, string path)
    {
        Assert.NotEqual(0, outcome.Status);
        Assert.Contains("admission webhook \"validate.admissionguard.io\" denied the request: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"  {rule}  {path}\n", outcome.Error, StringComparison.Ordinal);
    }

    private Task<Outcome> Patch(string patch, params string[] options) =>
        Flagger.Run(["patch", "canary", "checkout", "-n", ns, "--type=merge", "-p", patch, .. options], input: null);

    private static string Weighed(int stable, int canary) =>
        $"{{name: search-stable, port: 80, weight: {stable}}}, {{name: search-canary, port: 80, weight: {canary}}}";

    private string Canary(
        string skip,
        string metrics = "[{name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}]",
        string service = "port: 8080, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5}}"
    ) =>
        $$$"""
            apiVersion: flagger.app/v1beta1
            kind: Canary
            metadata: {name: checkout, namespace: {{{ns}}}}
            spec:
              provider: istio
              {{{skip}}}
              targetRef: {apiVersion: apps/v1, kind: Deployment, name: checkout}
              service: {{{{service}}}}
              analysis: {interval: 1m, threshold: 5, maxWeight: 50, stepWeight: 10, metrics: {{{metrics}}}}
            """;

    private string VirtualService(int primary, int canary) =>
        $$$"""
            apiVersion: networking.istio.io/v1beta1
            kind: VirtualService
            metadata: {name: checkout, namespace: {{{ns}}}}
            spec:
              hosts: [checkout]
              http:
              - route:
                - {destination: {host: checkout-primary}, weight: {{{primary}}}}
                - {destination: {host: checkout-canary}, weight: {{{canary}}}}
            """;

    /// <summary>Flagger writes no subsets; this one is used by a route of someone else, so that a person may not delete it.</summary>
    private string DestinationRule =>
        $$$"""
            apiVersion: networking.istio.io/v1beta1
            kind: DestinationRule
            metadata: {name: checkout-primary, namespace: {{{ns}}}}
            spec: {host: checkout-primary, subsets: [{name: all, labels: {app: checkout-primary}}]}
            """;

    private string PrimaryService =>
        $"{{apiVersion: v1, kind: Service, metadata: {{name: checkout-primary, namespace: {ns}}}, spec: {{ports: [{{port: 80}}]}}}}";

    private string Stranger =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reports, namespace: {{{ns}}}}
            spec: {hosts: [reports], http: [{route: [{destination: {host: checkout-primary, subset: all}}]}]}
            """;

    private string TrafficSplit(int stable, int canary) =>
        $$$"""
            apiVersion: split.smi-spec.io/v1alpha2
            kind: TrafficSplit
            metadata: {name: search, namespace: {{{ns}}}}
            spec:
              service: search
              backends: [{service: search-stable, weight: {{{stable}}}}, {service: search-canary, weight: {{{canary}}}}]
            """;

    private string HttpRoute(string backends) =>
        $$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: search, namespace: {{{ns}}}}
            spec:
              parentRefs: [{name: public}]
              rules: [{backendRefs: [{{{backends}}}]}]
            """;
}
