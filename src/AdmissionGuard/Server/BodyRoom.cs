using System.Net;
using AdmissionGuard.Admission;

namespace AdmissionGuard.Server;

/// <summary>
/// The bytes that bodies may hold together, dealt out so that nobody takes the room of others. Half of it is for the API server alone; of the rest
/// one address has a quarter; and of each of these an eighth is for bodies that are small, which large ones cannot take.
/// </summary>
internal sealed class BodyRoom(long bytes = ServerLimits.BodyBytesInFlight)
{
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, Share> addresses = [];
    private readonly Share all = new(bytes);
    private readonly Share open = new(bytes / 2);

    /// <summary>That are held now.</summary>
    public long InFlight
    {
        get
        {
            lock (gate)
                return all.Bytes;
        }
    }

    /// <summary>Holds nothing yet.</summary>
    public Held For(Caller caller) => new(this, caller);

    private long MostOfAddress(Proof proof) => proof == Proof.None ? bytes / 8 : bytes * 3 / 4;

    private bool Grow(Held held, long by)
    {
        lock (gate)
        {
            var after = held.Bytes + by;
            var shares = SharesOf(held);
            foreach (var share in shares)
            {
                if (!share.Fits(held.Bytes, after))
                    return false;
            }
            foreach (var share in shares)
                share.Move(held.Bytes, after);
            return true;
        }
    }

    private void Release(Held held)
    {
        lock (gate)
        {
            foreach (var share in SharesOf(held))
                share.Move(held.Bytes, 0);
            if (addresses.TryGetValue(held.Caller.Address, out var own) && own.Bytes == 0)
                addresses.Remove(held.Caller.Address);
        }
    }

    private Share[] SharesOf(Held held)
    {
        if (held.Caller.Proof == Proof.ApiServer)
            return [all];
        if (!addresses.TryGetValue(held.Caller.Address, out var own))
            addresses[held.Caller.Address] = own = new Share(MostOfAddress(held.Caller.Proof));
        return held.Caller.Proof == Proof.None ? [all, open, own] : [all, own];
    }

    /// <summary>What one body holds; given back when it is disposed, however often.</summary>
    internal sealed class Held(BodyRoom room, Caller caller) : IDisposable
    {
        public Caller Caller => caller;

        public long Bytes { get; private set; }

        /// <summary>False where there is no room for so much more.</summary>
        public bool Grow(long by)
        {
            if (!room.Grow(this, by))
                return false;
            Bytes += by;
            return true;
        }

        public void Dispose()
        {
            room.Release(this);
            Bytes = 0;
        }
    }

    private sealed class Share(long most)
    {
        private long large;

        public long Bytes { get; private set; }

        public bool Fits(long before, long after) =>
            Bytes - before + after <= most && (IsSmall(after) || large + Large(before, after) <= most - (most / 8));

        public void Move(long before, long after)
        {
            Bytes += after - before;
            large += Large(before, after);
        }

        private static long Large(long before, long after) => (IsSmall(after) ? 0 : after) - (IsSmall(before) ? 0 : before);

        private static bool IsSmall(long size) => size <= ServerLimits.SmallBodyBytes;
    }
}
