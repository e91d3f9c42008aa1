using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// A leader lease (coordination.k8s.io). At most one holder leads: every write names the resourceVersion that it saw, and a leader that could not
/// renew
/// stops well before others may take over. Clocks are never compared: a lease is over when it did not change for its duration, by our own clock.
/// The identity must be this process's alone. Asks for get, create and patch of leases.
/// </summary>
internal sealed class Lease(ApiServer server, string ns, string name, string identity, TimeProvider time, Func<double> random)
{
    /// <summary>Others wait this long without a change before they take over.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for this long leads no more.</summary>
    public static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private string? seenVersion;
    private long seenAt;
    private bool holds;
    private long renewedAt;

    /// <summary>Also false in a process that slept through its deadline, before it has noticed.</summary>
    public bool IsLeading => Volatile.Read(ref holds) && time.GetElapsedTime(Volatile.Read(ref renewedAt)) < RenewDeadline;

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
            var left = RenewDeadline - time.GetElapsedTime(renewedAt);
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
        var lease = await server.Get(Resource.Leases, ns, name, stop);
        if (!lease.Exists)
        {
            Saw(await server.Create(Resource.Leases, ns, Body(null, identity, acquired: true, transitions: 0), stop));
            return true;
        }
        var version = lease["metadata"u8]["resourceVersion"u8].Text;
        var spec = lease["spec"u8];
        var holder = spec["holderIdentity"u8].Text ?? "";
        if (version != seenVersion)
            Saw(lease);
        var isOurs = holder == identity;
        if (!isOurs && holder.Length > 0 && time.GetElapsedTime(seenAt) < DurationOf(spec))
            return false;
        var transitions = spec["leaseTransitions"u8] is { Kind: JsonValueKind.Number } count && count.Element.TryGetInt32(out var value) ? value : 0;
        Saw(await server.Merge(Resource.Leases, ns, name, Body(version, identity, acquired: !isOurs, isOurs ? transitions : transitions + 1), stop));
        return true;
    }

    private void Saw(Node lease) => (seenVersion, seenAt) = (lease["metadata"u8]["resourceVersion"u8].Text, time.GetTimestamp());

    /// <summary>As its holder said; at least what we take for ourselves, so that a short one is no way to take a lease early.</summary>
    private static TimeSpan DurationOf(Node spec)
    {
        var seconds =
            spec["leaseDurationSeconds"u8] is { Kind: JsonValueKind.Number } number && number.Element.TryGetInt32(out var value) ? value : 0;
        return seconds > Duration.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Duration;
    }

    private async Task Release(Action<string> failed)
    {
        using var late = new CancellationTokenSource(Retry, time);
        try
        {
            // read again: a renewal that was cut off may have been written
            var lease = await server.Get(Resource.Leases, ns, name, late.Token);
            if (lease["spec"u8]["holderIdentity"u8].Text != identity)
                return;
            var version = lease["metadata"u8]["resourceVersion"u8].Text;
            await server.Merge(Resource.Leases, ns, name, Body(version, "", acquired: false, transitions: null), late.Token);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException)
        {
            failed($"the lease {ns}/{name} could not be given back, others wait {Duration.TotalSeconds:0} s: {e.Message}");
        }
    }

    private Task Pause(CancellationToken stop) => Quietly(Task.Delay(Retry * (1 + (random() / 5)), time, stop));

    private static async Task Quietly(Task delay) => await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private ReadOnlyMemory<byte> Body(string? version, string holder, bool acquired, int? transitions)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", Resource.Leases.ApiVersion);
            writer.WriteString("kind", "Lease");
            writer.WriteStartObject("metadata");
            writer.WriteString("name", name);
            writer.WriteString("namespace", ns);
            if (version is not null)
                writer.WriteString("resourceVersion", version);
            writer.WriteEndObject();
            writer.WriteStartObject("spec");
            writer.WriteString("holderIdentity", holder);
            writer.WriteNumber("leaseDurationSeconds", (int)Duration.TotalSeconds);
            writer.WriteString("renewTime", now);
            if (acquired)
                writer.WriteString("acquireTime", now);
            if (transitions is { } count)
                writer.WriteNumber("leaseTransitions", count);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
