using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;

namespace AdmissionGuard.Certificates;

/// <summary>
/// The certificates of a replica in a cluster: it follows the Secret, and tends it while it holds the lease. Serving needs no lease. The Secret and
/// the caBundles are looked
/// at every few seconds rather than watched: three small reads, which need no right but get on three names, and nothing is missed when a watch
/// breaks.
/// </summary>
internal sealed class ClusterCertificates : IAsyncDisposable
{
    private readonly IApiServer server;
    private readonly ServiceName service;
    private readonly RotationPace pace;
    private readonly TimeProvider time;
    private readonly TextWriter log;
    private readonly RotationFollower follower;
    private readonly RotationLeader leader;
    private readonly TokenLeader tokenLeader;
    private readonly ServedCertificate served;
    private readonly ClusterCertificateOptions options;
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] running;

    private ClusterCertificates(IApiServer server, ServedCertificate served, ClusterCertificateOptions options)
    {
        this.server = server;
        this.served = served;
        this.options = options;
        service = options.Service;
        pace = options.Pace;
        time = options.Time;
        log = options.Log;
        follower = new RotationFollower(service, served, log);
        leader = new RotationLeader(server, service, pace, log);
        tokenLeader = new TokenLeader(server, service, pace, log);
        var following = new Loop("certificates", "following the certificates broke, please report; what is served goes on", time, log);
        var lease = new ItemName(service.Namespace, service.Lease);
        running =
        [
            Vital.Run("the following of the certificates", following.Run(Follow, stop.Token), stop.Token),
            Vital.Run(
                "the lease of the certificates",
                server.Lead(lease, (_, lost) => Lead(lost), why => log.WriteLine($"certificates: the lease: {why}"), stop.Token),
                stop.Token
            ),
        ];
    }

    public static ClusterCertificates Start(IApiServer server, ServedCertificate served, ClusterCertificateOptions options) =>
        new(server, served, options);

    /// <summary>Gives the lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (var task in running)
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task<TimeSpan?> Follow(CancellationToken ended)
    {
        var soon = pace.Look;
        try
        {
            var view = await CertificateView.Read(server, service, ended);
            options.Tokens.Accept(view.Tokens.Valid);
            if (!options.OnlyTokens)
                follower.Follow(view, time.GetUtcNow());
            if ((!options.OnlyTokens && follower.Serving is null) || view.Tokens.Current is null)
                soon = TimeSpan.FromSeconds(Math.Min(1, soon.TotalSeconds)); // somebody is about to make the first
        }
        catch (ApiException e)
        {
            if (!options.OnlyTokens)
                follower.Miss(e);
        }
        return Scattered(soon);
    }

    private Task Lead(CancellationToken lost)
    {
        var backoff = new Backoff(Random.Shared.NextDouble);
        string? told = null;
        RotationStep? last = null;
        return new Loop("rotation", "rotating the certificates broke, please report; what is served goes on", time, log).Run(Tend, lost);

        async Task<TimeSpan?> Tend(CancellationToken ended)
        {
            try
            {
                if (options.OnlyTokens)
                    return await TendTokens(ended) ? TimeSpan.Zero : Scattered(pace.Look);
                var plan = await leader.Tend(time.GetUtcNow(), ended);
                var isIdle = plan.Step is RotationStep.Wait or RotationStep.Refuse;
                if (plan.Step == RotationStep.Wait && await TendTokens(ended))
                    return TimeSpan.Zero;
                if (isIdle)
                    backoff.Reset();
                // the same step again is somebody who undoes it, such as a GitOps tool that takes caBundle for its own: no race with that
                TimeSpan pause;
                if (isIdle)
                    pause = plan.At - time.GetUtcNow();
                else if (plan.Step == last)
                    pause = backoff.Next();
                else
                    pause = TimeSpan.Zero;
                last = plan.Step;
                told = null;
                return pause > TimeSpan.Zero ? Scattered(pause) : TimeSpan.Zero;
            }
            catch (ApiException e)
            {
                // a conflict is somebody else at work: the next look shows what they did
                if (!e.IsConflict && told != e.Message)
                    log.WriteLine($"certificates: {told = e.Message}");
                return Scattered(backoff.Next(e.RetryAfter));
            }
        }
    }

    private async Task<bool> TendTokens(CancellationToken ended)
    {
        var view = await CertificateView.Read(server, service, ended);
        var certificate = options.OnlyTokens ? $"{served.ServingUntil:O}" : view.Secret.Current?.CertificatePem;
        return certificate is not null && await tokenLeader.Tend(view, certificate, time.GetUtcNow(), ended);
    }

    /// <summary>Not all at the same moment.</summary>
    private static TimeSpan Scattered(TimeSpan pause) => pause * (0.9 + (Random.Shared.NextDouble() / 10));
}
