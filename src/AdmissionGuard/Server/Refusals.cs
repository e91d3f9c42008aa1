namespace AdmissionGuard.Server;

/// <summary>
/// Whether this server refuses what the API server asks: an unsafe object may be stored meanwhile, so it is to be seen, and where it goes on the
/// reviews had better go to another replica. One slow review among others that are answered makes nobody unready: whoever may write one object
/// could then stop all.
/// </summary>
internal sealed class Refusals(TimeProvider time)
{
    /// <summary>For so long a refusal is news, and after so long of refusals the server is unready.</summary>
    public const int Seconds = 10;

    private readonly Lock gate = new();
    private readonly (long Second, int Refused, int Answered)[] window = new (long, int, int)[Seconds];
    private long since = long.MinValue;
    private long last = long.MinValue;

    /// <summary>A review of the API server was refused within the last seconds.</summary>
    public bool AreRecent
    {
        get
        {
            lock (gate)
                return last > Now - Seconds;
        }
    }

    /// <summary>More was refused than answered for so long.</summary>
    public bool Prevail
    {
        get
        {
            lock (gate)
            {
                var now = Now;
                if (last <= now - Seconds || since > now - Seconds)
                    return false;
                var recent = window.Where(s => s.Second > now - Seconds).ToList();
                return recent.Sum(s => s.Refused) > recent.Sum(s => s.Answered);
            }
        }
    }

    private long Now => time.GetTimestamp() / time.TimestampFrequency;

    public void Refused()
    {
        lock (gate)
        {
            var now = Now;
            if (last <= now - Seconds)
                since = now;
            last = now;
            At(now).Refused++;
        }
    }

    public void Answered()
    {
        lock (gate)
            At(Now).Answered++;
    }

    private ref (long Second, int Refused, int Answered) At(long second)
    {
        ref var found = ref window[second % Seconds];
        if (found.Second != second)
            found = (second, 0, 0);
        return ref found;
    }
}
