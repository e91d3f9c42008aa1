using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>Policies as custom resources of a real API server, taken up by the real server while requests run.</summary>
public sealed partial class LivePolicyTests(TestCluster cluster) : IAsyncLifetime
{
    private static readonly string[] Kinds = ["guardpolicies", "guardexceptions", "guardsettings"];

    private readonly string ns = "live-" + Guid.NewGuid().ToString("N")[..8];
    private GuardServer? guard;

    private Kubectl Human => cluster.Kubectl.As(TestCluster.Human);

    public async ValueTask InitializeAsync()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        await cluster.ServePolicies(Kinds);
        guard = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var kind in Kinds)
            await cluster.Kubectl.Run($"delete {kind} --all");
        if (guard is not null)
            await guard.DisposeAsync();
    }

    [Fact]
    public async Task A_policy_is_created_broken_mended_and_deleted_while_requests_run()
    {
        (await Human.Apply(Rollout, "--dry-run=server")).Passed();
        (await Human.Apply(Policy("{profile: baseline}"))).Passed();
        await UntilDenied();
        await UntilStatus("True");
        Assert.Matches(
            "NAME +MODE +PROFILE +RULES +ACCEPTED +AGE\npayments +baseline +[0-9]+ +True ",
            (await Human.Run("get guardpolicies")).Passed().Out
        );

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Waiting.Stop);
        var requests = DenyUntil(end.Token);
        (await Human.Apply(Policy("{profile: baseline, match: {namespaceSelector: {matchExpressions: [{key: tier, operator: In}]}}}"))).Passed();
        await UntilStatus("False");
        var broken = (await Status())!;
        Assert.Equal("/spec/match/namespaceSelector/matchExpressions/0/values", (string?)broken["errors"]![0]!["path"]);
        Assert.Equal("is missing: In compares with at least one value", (string?)broken["errors"]![0]!["message"]);
        Assert.Equal(2, (int?)broken["observedGeneration"]);
        (await Human.Apply(Policy("{profile: strict}"))).Passed();
        await UntilStatus("True");
        Assert.Null((await Status())!["errors"]);
        await end.CancelAsync();
        Assert.True(await requests > 3);

        (await Human.Run("delete guardpolicy payments")).Passed();
        await Waiting.Until(
            async () => (await Human.Apply(Rollout, "--dry-run=server")).Status == 0,
            () => "the policy is deleted and still in force"
        );
    }

    [Fact]
    public async Task A_status_is_written_once_by_however_many_servers()
    {
        await using var second = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
        (await Human.Apply(Policy("{profile: baseline}"))).Passed();
        await UntilStatus("True");
        var written = await ResourceVersion();
        // both see what comes after, so both have seen their writes
        (await Human.Apply(Policy("{profile: baseline, mode: warn}").Replace("payments", "later", StringComparison.Ordinal))).Passed();
        await Waiting.Until(async () => (await Status("later"))?["counts"] is not null, () => "the later policy has no status");
        Assert.Equal(written, await ResourceVersion());
    }

    [Fact]
    public async Task An_exception_and_the_settings_are_taken_up_too()
    {
        (await Human.Apply(Policy("{profile: baseline}"))).Passed();
        await UntilDenied();
        (await Human.Apply(Exception(TimeSpan.FromDays(30)))).Passed();
        await Waiting.Until(async () => (await Human.Apply(Rollout, "--dry-run=server")).Status == 0, () => "the exception has no effect");
        Assert.Contains("True", (await Human.Run("get guardexceptions")).Passed().Out, StringComparison.Ordinal);
        (await Human.Run("delete guardexception legacy")).Passed();
        await UntilDenied();
        (
            await Human.Apply(
                $$"""
                apiVersion: admissionguard.io/v1alpha1
                kind: GuardSettings
                metadata: {name: cluster}
                spec: {excludedNamespaces: [{{ns}}]}
                """
            )
        ).Passed();
        await Waiting.Until(async () => (await Human.Apply(Rollout, "--dry-run=server")).Status == 0, () => "the settings have no effect");
    }

    [Fact]
    public async Task An_exception_ends_by_itself_when_it_expires()
    {
        (await Human.Apply(Policy("{profile: baseline}"))).Passed();
        await UntilDenied();
        (await Human.Apply(Exception(TimeSpan.FromDays(1)))).Passed();
        await Waiting.Until(async () => (await Human.Apply(Rollout, "--dry-run=server")).Status == 0, () => "the exception has no effect");
        var from = DateTimeOffset.UtcNow;
        (await Human.Apply(Exception(TimeSpan.FromSeconds(4)))).Passed(); // nobody touches it again
        await UntilDenied();
        Assert.True(DateTimeOffset.UtcNow - from >= TimeSpan.FromSeconds(3), "it ended before it expired"); // expiry is in whole seconds
    }

    [Fact]
    public async Task A_broken_policy_is_refused_at_apply_and_its_repair_and_deletion_never_are()
    {
        var broken = Policy("{profile: baseline, match: {namespaceSelector: {matchExpressions: [{key: tier, operator: In}]}}}");
        (await Human.Apply(broken)).Passed(); // stored before the webhook was there
        await guard!.JudgePolicies();
        await Waiting.Until(
            async () => (await Human.Apply(broken.Replace("payments", "other", StringComparison.Ordinal), "--dry-run=server")).Status != 0,
            () => "/policies is not called"
        );
        var denied = await Human.Apply(broken.Replace("payments", "other", StringComparison.Ordinal));
        Assert.Contains("denied the request: 1 error in GuardPolicy other, nothing was changed", denied.Error, StringComparison.Ordinal);
        Assert.Contains(
            "  spec.match.namespaceSelector.matchExpressions[0].values: is missing: In compares with at least one value",
            denied.Error,
            StringComparison.Ordinal
        );

        (await Human.Run("label guardpolicy payments team=pay")).Passed();
        (await Human.Apply(Policy("{profile: baseline}"))).Passed();
        await UntilDenied();
        Assert.NotEqual(0, (await Human.Apply(broken)).Status);
        (await Human.Run("delete guardpolicy payments")).Passed();
    }

    [Fact]
    public async Task A_Rollout_of_the_cluster_tells_which_side_of_a_VirtualService_is_the_older()
    {
        (await Human.Apply(Policy("{profile: baseline}"))).Passed();
        await UntilDenied();
        await guard!.UntilAllKnown();
        (await Human.Apply(VirtualService(blue: 100, green: 0))).Passed();
        var unknown = (await Human.Apply(VirtualService(blue: 0, green: 100), "--dry-run=server")).Passed();
        Assert.Contains("Warning: virtual-service-weight-increase: ", unknown.Error, StringComparison.Ordinal);
        (await Human.Apply(Owner)).Passed();
        await Waiting.Until(
            async () =>
                (await Human.Apply(VirtualService(blue: 0, green: 100), "--dry-run=server")).Error.Contains(
                    "virtual-service-weight-increase",
                    StringComparison.Ordinal
                )
                && (await Human.Apply(VirtualService(blue: 0, green: 100), "--dry-run=server")).Status == 1,
            () => "the Rollout is not looked up"
        );
        (await Human.Run($"delete rollout owner -n {ns}")).Passed();
        await Waiting.Until(
            async () => (await Human.Apply(VirtualService(blue: 0, green: 100), "--dry-run=server")).Status == 0,
            () => "the Rollout is gone and still looked up"
        );
    }

    /// <summary>How many requests were denied until the end; one that passes fails the test.</summary>
    private async Task<int> DenyUntil(CancellationToken end)
    {
        var denied = 0;
        while (!end.IsCancellationRequested)
        {
            var outcome = await Human.Apply(Rollout, "--dry-run=server");
            Assert.Contains("rollout-first-step", outcome.Error, StringComparison.Ordinal);
            Assert.Equal(1, outcome.Status);
            denied++;
        }
        return denied;
    }

    private Task UntilDenied() =>
        Waiting.Until(
            async () => (await Human.Apply(Rollout, "--dry-run=server")).Error.Contains("denied the request", StringComparison.Ordinal),
            () => "the policy is not in force"
        );

    private Task UntilStatus(string accepted) =>
        Waiting.Until(
            async () => await Status() is { } status && (string?)status["conditions"]![0]!["status"] == accepted,
            () => $"payments does not become Accepted={accepted}"
        );

    private async Task<JsonNode?> Status(string name = "payments") =>
        JsonNode.Parse((await cluster.Kubectl.Run($"get guardpolicy {name} -o json")).Passed().Out)!["status"];

    private async Task<string> ResourceVersion() =>
        (await cluster.Kubectl.Run("get guardpolicy payments -o jsonpath={.metadata.resourceVersion}")).Passed().Out;
}
