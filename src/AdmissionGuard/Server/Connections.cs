using System.Net;
using AdmissionGuard.Admission;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AdmissionGuard.Server;

/// <summary>
/// Bounds connections without a way to shut others out: where there are too many, the oldest that has not shown that it is the API server gives way
/// to a new one, and of one address a quarter at most. One on which nobody asks anything ends when a handshake would have.
/// </summary>
internal sealed class Connections(TimeProvider time, int most = ServerLimits.Connections)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Held> unproven = [];
    private int count;

    public int Count => Volatile.Read(ref count);

    /// <summary>As a middleware of the listener, before TLS.</summary>
    public async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        var held = new Held(this, connection, time);
        if (!Add(held))
        {
            connection.Abort();
            return;
        }
        connection.Items[typeof(Held)] = held;
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((Held)state).Check(), held);
        try
        {
            await next(connection);
        }
        finally
        {
            Remove(held);
        }
    }

    /// <summary>Null where a request did not come over a listener of ours.</summary>
    public static Held? Of(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(Held), out var held) == true ? (Held?)held : null;

    private bool Add(Held held)
    {
        Held? giving = null;
        lock (gate)
        {
            if (unproven.Count(h => h.Address.Equals(held.Address)) >= most / 4)
                giving = unproven.First(h => h.Address.Equals(held.Address));
            else if (count >= most)
                giving = unproven.First?.Value;
            if (giving is not null)
                Forget(giving);
            else if (count >= most)
                return false;
            held.Place = unproven.AddLast(held);
            count++;
        }
        giving?.Abort("it gave way to a new one");
        return true;
    }

    private void Prove(Held held)
    {
        lock (gate)
        {
            if (held.Place is { List: not null } place)
                unproven.Remove(place);
        }
    }

    private void Remove(Held held)
    {
        lock (gate)
            Forget(held);
    }

    private void Forget(Held held)
    {
        if (held.IsForgotten)
            return;
        held.IsForgotten = true;
        if (held.Place is { List: not null } place)
            unproven.Remove(place);
        count--;
    }

    /// <summary>One connection.</summary>
    internal sealed class Held(Connections all, ConnectionContext connection, TimeProvider time)
    {
        private int asking;
        private long idleSince = time.GetTimestamp();
        private volatile bool isProven;

        public IPAddress Address { get; } = Caller.PlaceOf((connection.RemoteEndPoint as IPEndPoint)?.Address);

        public LinkedListNode<Held>? Place { get; set; }

        public bool IsForgotten { get; set; }

        /// <summary>Whether its client certificate is the API server's; looked at once, null before.</summary>
        public bool? IsCertified { get; set; }

        public void Begin() => Interlocked.Increment(ref asking);

        public void End()
        {
            Volatile.Write(ref idleSince, time.GetTimestamp());
            Interlocked.Decrement(ref asking);
        }

        /// <summary>The API server keeps its connections for the next review.</summary>
        public void Prove()
        {
            if (isProven)
                return;
            isProven = true;
            all.Prove(this);
        }

        public void Check()
        {
            var idle = time.GetElapsedTime(Volatile.Read(ref idleSince));
            if (Volatile.Read(ref asking) == 0 && idle > (isProven ? ServerLimits.KeepAlive : ServerLimits.Handshake))
                Abort("nobody asked anything");
        }

        public void Abort(string why) => connection.Abort(new ConnectionAbortedException(why));
    }
}
