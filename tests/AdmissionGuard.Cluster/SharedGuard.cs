namespace AdmissionGuard.Cluster;

/// <summary>One server for all tests of a class, registered until the last of them has run.</summary>
public sealed class SharedGuard(TestCluster cluster) : IAsyncDisposable
{
    private GuardServer? guard;

    /// <summary>Not at construction: where there is no API server, it is the test that ends as skipped.</summary>
    /// <param name="unsafeRollout">Denied once the API server has taken up the webhook that judges.</param>
    /// <param name="bare">A DestinationRule without a pool; it gets one once the API server has taken up the webhook that repairs.</param>
    internal async Task Start(string unsafeRollout, string bare)
    {
        if (guard is not null)
            return;
        guard = await GuardServer.Start(cluster.Kubectl);
        var human = cluster.Kubectl.As(TestCluster.Human);
        await Waiting.Until(async () => (await human.Apply(unsafeRollout, "--dry-run=server")).Status != 0, () => "the webhooks are not called");
        await Waiting.Until(
            async () => (await human.Apply(bare, "--dry-run=server -o json")).Out.Contains("connectionPool", StringComparison.Ordinal),
            () => "nothing is injected"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (guard is not null)
            await guard.DisposeAsync();
    }
}
