namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>A clock that moves only when it is told to, and then rings what is due.</summary>
internal sealed class FakeTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Seen)> awaited = [];
    private TimeSpan passed;

    public FakeTime()
        : this(Judge.Now) { }

    /// <summary>Timers that are set.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + passed;

    public override long GetTimestamp() => passed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        Timer[] due;
        lock (gate)
        {
            passed += time;
            due = [.. timers.Where(t => t.At <= passed)];
            timers.RemoveAll(t => t.At <= passed && !t.Repeats);
            foreach (var timer in due)
                timer.Next(passed);
        }
        foreach (var timer in due)
            timer.Ring();
    }

    /// <summary>Every timer that is set rings, and the date stands.</summary>
    public void RingAll()
    {
        Timer[] set;
        lock (gate)
        {
            set = [.. timers];
            timers.RemoveAll(t => !t.Repeats);
        }
        foreach (var timer in set)
            timer.Ring();
    }

    /// <summary>Once somebody waits for exactly so long, it is over.</summary>
    public Task Pass(TimeSpan wait) => Pass(wait, of: wait);

    /// <summary>Once somebody waits for exactly <paramref name="of"/>, this much of it is over.</summary>
    public async Task Pass(TimeSpan wait, TimeSpan of)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (timers.Exists(t => t.Asked == of))
                seen.SetResult();
            else
                awaited.Add((of, seen));
        }
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Advance(wait);
    }

    private sealed class Timer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan At { get; private set; }

        public TimeSpan Asked { get; private set; }

        private TimeSpan Period { get; set; } = Timeout.InfiniteTimeSpan;

        public bool Repeats => Period > TimeSpan.Zero;

        public void Next(TimeSpan now)
        {
            if (Repeats)
                At = now + Period;
        }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                Period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Asked = dueTime;
                At = time.passed + dueTime;
                time.timers.Add(this);
                foreach (var (_, seen) in time.awaited.Where(a => a.Due == dueTime))
                    seen.TrySetResult();
                time.awaited.RemoveAll(a => a.Due == dueTime);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time.gate)
                time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
