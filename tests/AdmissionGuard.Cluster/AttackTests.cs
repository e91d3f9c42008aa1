namespace AdmissionGuard.Cluster;

/// <summary>
/// What somebody who may edit one namespace tries, replayed against a real API server: each ended with an unsafe object stored once.
/// </summary>
public sealed class AttackTests(TestCluster cluster, SharedGuard shared) : IClassFixture<SharedGuard>, IAsyncLifetime
{
    private const string Detects = "{consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50}";
    private const string Never = "{consecutive5xxErrors: 4294967295}";
    private const string Split =
        "{timeout: 10s, retries: {attempts: 1, retryOn: connect-failure}, route: [{destination: {host: api, subset: stable}, weight: 95}, "
        + "{destination: {host: api, subset: canary}, weight: 5}]}";
    private const string Canary =
        "timeout: 10s, retries: {attempts: 1, retryOn: connect-failure}, route: [{destination: {host: api, subset: canary}}]";
    private const string Held = """{"metadata":{"finalizers":["example.com/held"]}}""";
    private const string Mark = "admissionguard.io/admitted";

    private readonly string ns = "attack-" + Guid.NewGuid().ToString("N")[..8];

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        await shared.Start(DestinationRule(Never), DestinationRule(Detects, pool: ""));
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run($"delete namespace {ns} --wait=false");
        await cluster
            .Kubectl.As(TestCluster.Controller)
            .Run(
                ["patch", "destinationrule/api", "virtualservice/api", "-n", ns, "--type=merge", "-p", """{"metadata":{"finalizers":null}}"""],
                null
            );
        await NamespaceController.LetGo(cluster.Kubectl, ns);
    }

    [Fact]
    public async Task An_object_that_a_finalizer_holds_cannot_be_edited_into_an_unsafe_one()
    {
        (await Human.Apply(DestinationRule(Detects))).Passed();
        (await Human.Apply(VirtualService(Split))).Passed();
        foreach (var what in (string[])["destinationrule/api", "virtualservice/api"])
        {
            (await Patch(what, Held)).Passed();
            (await cluster.Kubectl.As(TestCluster.Controller).Run($"delete {what} -n {ns} --wait=false")).Passed();
        }

        var never = await Patch("destinationrule/api", """{"spec":{"trafficPolicy":{"outlierDetection":{"consecutive5xxErrors":4294967295}}}}""");
        Assert.Contains("  destination-rule-outlier-detection  ", never.Error, StringComparison.Ordinal);
        var front = await Human.Apply(VirtualService($"{{match: [{{headers: {{}}}}], {Canary}}}, {Split}"));
        Assert.Contains("  virtual-service-weight-increase  ", front.Error, StringComparison.Ordinal);
        var labelled = await Patch("destinationrule/api", """{"metadata":{"labels":{"a":"b"}},"spec":{"trafficPolicy":{"outlierDetection":null}}}""");
        Assert.NotEqual(0, labelled.Status);

        foreach (var what in (string[])["destinationrule/api", "virtualservice/api"])
            (await Patch(what, """{"metadata":{"finalizers":null}}""")).Passed();
    }

    /// <summary>Where the mark went, the ratchet would take what an emergency let in for an existing violation.</summary>
    [Fact]
    public async Task The_mark_of_an_emergency_stays_on_an_object_that_is_being_deleted()
    {
        (
            await cluster
                .Kubectl.As(TestCluster.Controller)
                .Apply(DestinationRule(Never, metadata: $", annotations: {{{Mark}: \"break-glass {Rule}\"}}"))
        ).Passed();
        (await Patch("destinationrule/api", Held)).Passed();
        (await cluster.Kubectl.As(TestCluster.Controller).Run($"delete destinationrule/api -n {ns} --wait=false")).Passed();
        (await Human.Run($"annotate destinationrule/api -n {ns} {Mark}-")).Passed();
        var mark = await Human.Run($"get destinationrule/api -n {ns} -o jsonpath={{.metadata.annotations.admissionguard\\.io/admitted}}");
        Assert.Equal($"break-glass {Rule}", mark.Passed().Out);
    }

    /// <summary>No webhook gets it, so that a policy in the API server must, where somebody applies it.</summary>
    [Fact]
    public async Task A_status_promotes_nobody_where_the_overlay_for_it_is_applied()
    {
        var file = Path.Combine(Repository.Root, "deploy", "components", "status-writes", "policy.yaml");
        (await cluster.Kubectl.As(TestCluster.Controller).Apply(Rollout)).Passed();
        (await Status(cluster.Kubectl.As(TestCluster.Controller), """{"currentStepIndex":1,"stableRS":"a","currentPodHash":"b"}""")).Passed();
        (await Status(Human, """{"promoteFull":true}""", "--dry-run=server")).Passed();
        try
        {
            (await cluster.Kubectl.Run($"apply -f {file}")).Passed();
            await Waiting.Until(
                async () => (await Status(Human, """{"promoteFull":true}""", "--dry-run=server")).Status != 0,
                () => "the policy is not in force"
            );
            foreach (var skip in (string[])["\"promoteFull\":true", "\"currentStepIndex\":2", "\"stableRS\":\"b\"", "\"currentPodHash\":null"])
                Assert.Contains("only the controller and people on call", (await Status(Human, $"{{{skip}}}")).Error, StringComparison.Ordinal);
            foreach (var usual in (string[])["\"abort\":true", "\"abort\":false", "\"pauseConditions\":null", "\"currentStepIndex\":0"])
                (await Status(Human, $"{{{usual}}}")).Passed();
            (await Status(cluster.Kubectl.As(TestCluster.Controller), """{"promoteFull":true,"currentStepIndex":4,"stableRS":"b"}""")).Passed();
            (await Status(Human, """{"abort":true}""")).Passed();
        }
        finally
        {
            await cluster.Kubectl.Run($"delete -f {file} --ignore-not-found");
        }
    }

    private Task<Outcome> Status(Kubectl user, string status, params string[] options) =>
        user.Run(
            ["patch", "rollout/api", "-n", ns, "--type=merge", "--subresource=status", "-p", $"{{\"status\":{status}}}", .. options],
            input: null
        );

    private string Rollout =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{{ns}}}}
            spec: {replicas: 1, strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}] } } }
            """;

    private const string Rule = "destination-rule-outlier-detection";

    private Task<Outcome> Patch(string what, string patch) => Human.Run(["patch", what, "-n", ns, "--type=merge", "-p", patch], input: null);

    private string VirtualService(string routes) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}}
            spec: {hosts: [api], http: [{{{routes}}}]}
            """;

    private string DestinationRule(
        string detection,
        string metadata = "",
        string pool =
            "connectionPool: {tcp: {maxConnections: 1024}, http: {http1MaxPendingRequests: 1024, http2MaxRequests: 1024, maxRetries: 200}}, "
    ) =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: {{{ns}}}{{{metadata}}}}
            spec: {host: api, trafficPolicy: { {{{pool}}}outlierDetection: {{{detection}}} } }
            """;
}
