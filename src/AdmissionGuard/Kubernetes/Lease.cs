using k8s.Models;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// A leader lease (coordination.k8s.io). At most one holder leads: every write names the resourceVersion that it saw, and a leader that could not
/// renew stops well before others may take over. Clocks are never compared: a lease is over when it did not change for its duration, by our own
/// clock. The identity must be this process's alone. Asks for get, create and patch of leases. The library's LeaderElector asks for update instead,
/// and its edition for Native AOT has none.
/// </summary>
internal sealed class Lease(ApiServer server, ItemName name, string identity, TimeProvider time, Func<double> random)
{
    private string? seenVersion;
    private long seenAt;
    private bool holds;
    private long renewedAt;

    /// <summary>Also false in a process that slept through its deadline, before it has noticed.</summary>
    public bool IsLeading => Volatile.Read(ref holds) && time.GetElapsedTime(Volatile.Read(ref renewedAt)) < ApiLimits.LeaseRenewal;

    /// <summary>Waits to lead, leads, and waits again when the lease was lost, until it is told to stop; then the lease is given back.</summary>
    /// <param name="lead">Its token ends when the lease is lost; it must then return at once.</param>
    /// <param name="failed">Told why the lease could not be read or written, in one line.</param>
    public async Task Run(Func<CancellationToken, Task> lead, Action<string> failed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await Try(failed, stop))
                await Lead(lead, failed, stop);
            await Pause(stop);
        }
    }

    private async Task Lead(Func<CancellationToken, Task> lead, Action<string> failed, CancellationToken stop)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var leading = lead(lost.Token);
        while (!stop.IsCancellationRequested && !leading.IsCompleted)
        {
            await Task.WhenAny(Pause(lost.Token), leading);
            if (stop.IsCancellationRequested || leading.IsCompleted)
                break;
            // a renewal that hangs must not outlast the deadline
            var left = ApiLimits.LeaseRenewal - time.GetElapsedTime(renewedAt);
            if (left <= TimeSpan.Zero)
                break;
            using var late = new CancellationTokenSource(left, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(lost.Token, late.Token);
            var renewed = await Try(failed, either.Token);
            if (!renewed && !IsLeading)
                break;
        }
        await lost.CancelAsync();
        try
        {
            await leading;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            // as it was told to
        }
        finally
        {
            var gives = IsLeading;
            Volatile.Write(ref holds, false);
            if (gives)
                await Release(failed);
        }
    }

    /// <summary>Whether we hold the lease now.</summary>
    internal async Task<bool> Try(Action<string> failed, CancellationToken stop)
    {
        try
        {
            var began = time.GetTimestamp(); // before the request: the server may have written it at any time since
            var taken = await Take(stop);
            if (taken)
                Volatile.Write(ref renewedAt, began);
            Volatile.Write(ref holds, taken);
            return taken;
        }
        catch (ApiException e) when (e.IsConflict)
        {
            return false; // somebody else wrote: the next try sees what
        }
        catch (ApiException e)
        {
            failed(e.Message);
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> Take(CancellationToken stop)
    {
        var lease = await server.Lease(name, stop);
        if (lease is null)
        {
            Saw(await server.Create(Body(null, identity, acquired: true, transitions: 0), stop));
            return true;
        }
        var version = lease.Metadata?.ResourceVersion;
        var holder = lease.Spec?.HolderIdentity ?? "";
        if (version != seenVersion)
            Saw(lease);
        var isOurs = holder == identity;
        if (!isOurs && holder.Length > 0 && time.GetElapsedTime(seenAt) < DurationOf(lease.Spec))
            return false;
        var transitions = lease.Spec?.LeaseTransitions ?? 0;
        Saw(await server.Merge(Body(version, identity, acquired: !isOurs, isOurs ? transitions : transitions + 1), stop));
        return true;
    }

    private void Saw(V1Lease lease)
    {
        seenVersion = lease.Metadata?.ResourceVersion;
        seenAt = time.GetTimestamp();
    }

    /// <summary>As its holder said; at least what we take for ourselves, so that a short one is no way to take a lease early.</summary>
    private static TimeSpan DurationOf(V1LeaseSpec? spec) =>
        spec?.LeaseDurationSeconds is { } seconds && seconds > ApiLimits.Lease.TotalSeconds ? TimeSpan.FromSeconds(seconds) : ApiLimits.Lease;

    private async Task Release(Action<string> failed)
    {
        using var late = new CancellationTokenSource(ApiLimits.LeaseRetry, time);
        try
        {
            // read again: a renewal that was cut off may have been written
            var lease = await server.Lease(name, late.Token);
            if (lease?.Spec?.HolderIdentity != identity)
                return;
            await server.Merge(Body(lease.Metadata?.ResourceVersion, "", acquired: false, transitions: null), late.Token);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException)
        {
            var others = $"others wait {ApiLimits.Lease.TotalSeconds:0} s";
            failed($"the lease {name.Namespace}/{name.Name} could not be given back, {others}: {e.Message}");
        }
    }

    private Task Pause(CancellationToken stop) => Quietly(Task.Delay(ApiLimits.LeaseRetry * (1 + (random() / 5)), time, stop));

    private static async Task Quietly(Task delay) => await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private V1Lease Body(string? version, string holder, bool acquired, int? transitions)
    {
        var now = time.GetUtcNow().UtcDateTime;
        // the library writes whole seconds without a fraction, and the API server refuses a MicroTime without one
        if (now.Ticks % TimeSpan.TicksPerSecond < TimeSpan.TicksPerMicrosecond)
            now = now.AddMicroseconds(1);
        return new V1Lease
        {
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = new V1ObjectMeta
            {
                Name = name.Name,
                NamespaceProperty = name.Namespace,
                ResourceVersion = version,
            },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = holder,
                LeaseDurationSeconds = (int)ApiLimits.Lease.TotalSeconds,
                RenewTime = now,
                AcquireTime = acquired ? now : null,
                LeaseTransitions = transitions,
            },
        };
    }
}
