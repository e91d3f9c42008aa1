namespace AdmissionGuard.Cluster;

/// <summary>Emergencies, teardowns and controllers that nobody listed, over a real API server with its ReplicaSets and its RBAC.</summary>
public sealed class EmergencyTests(TestCluster cluster) : IAsyncLifetime
{
    private const string Slow = "[{setWeight: 10}, {pause: {duration: 5m}}, {setWeight: 50}, {pause: {duration: 5m}}]";
    private const string AtOnce = "[{setWeight: 100}]";
    private const string Mark = "jsonpath={.metadata.annotations.admissionguard\\.io/admitted}";

    private readonly string ns = "emergency-" + Guid.NewGuid().ToString("N")[..8];
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        await cluster.ServePolicies("guardpolicies");
        guard = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
        (await Human.Apply($"{{apiVersion: v1, kind: Service, metadata: {{name: api, namespace: {ns}}}, spec: {{ports: [{{port: 80}}]}}}}")).Passed();
        (await Human.Apply("{apiVersion: admissionguard.io/v1alpha1, kind: GuardPolicy, metadata: {name: all}, spec: {profile: baseline}}")).Passed();
        await Waiting.Until(
            async () => (await Human.Apply(Rollout("green", AtOnce), "--dry-run=server")).Status != 0,
            () => "the policy is not in force"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run("delete guardpolicies --all");
        await cluster.Kubectl.Run($"delete clusterrole,clusterrolebinding {ns}-argo {ns}-editor --ignore-not-found");
        if (guard is not null)
            await guard.DisposeAsync();
        await cluster.Kubectl.Run($"delete namespace {ns} --wait=false");
        await NamespaceController.LetGo(cluster.Kubectl, ns);
    }

    [Fact]
    public async Task A_version_that_ran_before_comes_back_with_any_steps_and_leaves_a_mark_until_they_are_fixed()
    {
        (await Human.Apply(Rollout("green", Slow))).Passed();
        var uid = (await Human.Run($"get rollout api -n {ns} -o jsonpath={{.metadata.uid}}")).Passed().Out;
        (await cluster.Kubectl.Apply(ReplicaSet("blue", "h1", 1, uid))).Passed();
        (await cluster.Kubectl.Apply(ReplicaSet("green", "h2", 2, uid))).Passed();
        (
            await cluster.Kubectl.Run(
                [
                    "patch",
                    "rollout/api",
                    "-n",
                    ns,
                    "--type=merge",
                    "--subresource=status",
                    "-p",
                    """{"status":{"stableRS":"h2","currentPodHash":"h2","phase":"Degraded","abort":true}}""",
                ],
                input: null
            )
        ).Passed();

        Assert.Contains("  rollout-first-step  ", (await Human.Apply(Rollout("red", AtOnce))).Error, StringComparison.Ordinal);
        (await Human.Apply(Rollout("blue", AtOnce))).Passed();
        Assert.Equal("rollback rollout-first-step rollout-step-increase", await Marked());

        (await Human.Run($"annotate rollout api -n {ns} admissionguard.io/admitted-")).Passed();
        Assert.Equal("rollback rollout-first-step rollout-step-increase", await Marked());
        var denied = await Human.Apply(Rollout("red", AtOnce));
        Assert.Contains("came in by rollback", denied.Error, StringComparison.Ordinal);

        (await Human.Apply(Rollout("red", Slow))).Passed();
        Assert.Equal("", await Marked());
    }

    [Fact]
    public async Task A_teardown_that_was_announced_goes_in_any_order()
    {
        (await Human.Apply(DestinationRule)).Passed();
        // the server sees by its watch that the Service is there
        await Waiting.Until(
            async () => (await Human.Run($"delete destinationrule api -n {ns} --dry-run=server")).Status != 0,
            () => "the deletion is not judged"
        );
        var denied = await Human.Run($"delete destinationrule api -n {ns}");
        Assert.Contains($"kubectl annotate destinationrule api -n {ns} admissionguard.io/teardown=\"", denied.Error, StringComparison.Ordinal);
        var end = DateTimeOffset.UtcNow.AddMinutes(30).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        (
            await Human.Run(
                ["annotate", "destinationrule", "api", "-n", ns, $"admissionguard.io/teardown={end} moves to another cluster"],
                input: null
            )
        ).Passed();
        (await Human.Run($"delete destinationrule api -n {ns}")).Passed();
    }

    [Fact]
    public async Task An_unlisted_controller_is_known_by_its_rights_and_an_editor_is_none()
    {
        var argo = $"system:serviceaccount:{ns}:argo";
        var editor = $"system:serviceaccount:{ns}:editor";
        (await cluster.Kubectl.Apply(Role("argo", "rollouts/finalizers") + Role("editor", "rollouts/status"))).Passed();
        (await Human.Apply(VirtualService(100, 0))).Passed();

        var refused = await cluster.Kubectl.As(editor).Run(["replace", "-f", "-"], VirtualService(0, 100));
        Assert.Contains("  virtual-service-weight-increase  ", refused.Error, StringComparison.Ordinal);
        var written = (await cluster.Kubectl.As(argo).Run(["replace", "-f", "-"], VirtualService(0, 100))).Passed();
        Assert.Contains("spec.controllers", written.Error.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<string> Marked() => (await Human.Run($"get rollout api -n {ns} -o {Mark}")).Passed().Out;

    private string Rollout(string image, string steps) =>
        """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: _NS_}
            spec:
              replicas: 4
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec: {containers: [{name: api, image: "registry.example/api:_IMAGE_"}]}
              strategy:
                canary:
                  canaryService: api-canary
                  stableService: api-stable
                  trafficRouting: {nginx: {stableIngress: api}}
                  steps: _STEPS_
            """.Replace("_IMAGE_", image, StringComparison.Ordinal).Replace("_NS_", ns, StringComparison.Ordinal).Replace(
            "_STEPS_",
            steps,
            StringComparison.Ordinal
        );

    private string ReplicaSet(string image, string hash, int revision, string uid) =>
        """
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: api-_HASH_
              namespace: _NS_
              labels: {app: api, rollouts-pod-template-hash: _HASH_}
              annotations: {rollout.argoproj.io/revision: "_REVISION_"}
              ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: api, uid: "_UID_", controller: true}]
            spec:
              replicas: 0
              selector: {matchLabels: {app: api, rollouts-pod-template-hash: _HASH_}}
              template:
                metadata: {labels: {app: api, rollouts-pod-template-hash: _HASH_}}
                spec: {containers: [{name: api, image: "registry.example/api:_IMAGE_"}]}
            """.Replace("_HASH_", hash, StringComparison.Ordinal).Replace("_IMAGE_", image, StringComparison.Ordinal).Replace(
            "_NS_",
            ns,
            StringComparison.Ordinal
        ).Replace("_REVISION_", $"{revision}", StringComparison.Ordinal).Replace("_UID_", uid, StringComparison.Ordinal);

    private string DestinationRule =>
        """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: _NS_}
            spec:
              host: api
              trafficPolicy:
                connectionPool: {tcp: {maxConnections: 100}, http: {http1MaxPendingRequests: 100, http2MaxRequests: 100, maxRetries: 10}}
                outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s, maxEjectionPercent: 50}
            """.Replace("_NS_", ns, StringComparison.Ordinal);

    private string VirtualService(int stable, int canary) =>
        """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: _NS_}
            spec:
              hosts: [api]
              http:
              - timeout: 10s
                retries: {attempts: 1, retryOn: connect-failure}
                route:
                - {destination: {host: api-stable}, weight: _STABLE_}
                - {destination: {host: api-canary}, weight: _CANARY_}
            """.Replace("_CANARY_", $"{canary}", StringComparison.Ordinal).Replace("_NS_", ns, StringComparison.Ordinal).Replace(
            "_STABLE_",
            $"{stable}",
            StringComparison.Ordinal
        );

    /// <summary>What the controller's ClusterRole has of what matters, or what the aggregated roles for editors have.</summary>
    private string Role(string name, string special) =>
        """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: _NS_-_NAME_}
            rules:
            - {apiGroups: [argoproj.io], resources: [rollouts, _SPECIAL_], verbs: [get, update]}
            - {apiGroups: [apps], resources: [replicasets, deployments], verbs: [get, update]}
            - {apiGroups: [networking.istio.io], resources: [virtualservices], verbs: [get, update]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: _NS_-_NAME_}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: _NS_-_NAME_}
            subjects: [{kind: ServiceAccount, name: _NAME_, namespace: _NS_}]

            """.Replace("_NAME_", name, StringComparison.Ordinal).Replace("_NS_", ns, StringComparison.Ordinal).Replace(
            "_SPECIAL_",
            special,
            StringComparison.Ordinal
        );
}
