using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Tests.Server;

/// <summary>A clock that stands, and timers that ring when they are told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Ringer> ringers = [];

    public int Waiting
    {
        get
        {
            lock (ringers)
                return ringers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow() => Judge.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var ringer = new Ringer(this, callback, state);
        lock (ringers)
            ringers.Add(ringer);
        return ringer;
    }

    /// <summary>Every timer that was set is due.</summary>
    public void Elapse()
    {
        Ringer[] due;
        lock (ringers)
            due = [.. ringers];
        foreach (var ringer in due)
            ringer.Ring();
    }

    private sealed class Ringer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (time.ringers)
                time.ringers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
