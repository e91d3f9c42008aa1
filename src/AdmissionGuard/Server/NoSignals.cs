namespace AdmissionGuard.Server;

/// <summary>The host would stop itself at SIGTERM; here the verb hears signals, because unready comes before the end.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
