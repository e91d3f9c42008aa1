using System.Collections.Concurrent;

namespace AdmissionGuard.Loops;

/// <summary>
/// Background work that runs in rounds until it is stopped. An unexpected exception never ends it: the exception is logged, counted, and followed by
/// the next round after a pause that doubles from <see cref="FirstPause"/> to <see cref="LongestPause"/>. A cancelled token ends it at once.
/// Exceptions that the work expects, such as an API server that does not answer, are handled in the round itself.
/// </summary>
/// <param name="name">The label of the count: a fixed word, never what a user wrote.</param>
/// <param name="fault">The log line of an unexpected exception, up to the exception itself: what broke, and what goes on meanwhile.</param>
internal sealed class Loop(string name, string fault, TimeProvider time, TextWriter log)
{
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Of the whole process, because the loops of a process are started in many places and scraped in one.</summary>
    private static readonly ConcurrentDictionary<string, long> Counts = new(StringComparer.Ordinal);

    private string? told;
    private int faultsInARow;

    /// <summary>Unexpected exceptions since the start of the process, for each name of a loop that was started.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Faults => Counts;

    /// <summary>Never runs on its caller's stack, so that a constructor can start it. Ends without an exception.</summary>
    /// <param name="round">Returns the pause before the next round; null where no work is left.</param>
    /// <param name="delay">The pause before the first round.</param>
    public async Task Run(Func<CancellationToken, Task<TimeSpan?>> round, CancellationToken stop, TimeSpan delay = default)
    {
        Counts.TryAdd(name, 0);
        await Task.Yield();
        TimeSpan? pause = delay;
        while (pause is { } wait && !stop.IsCancellationRequested)
        {
            if (wait > TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan)
                await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
                pause = await RunSafely(round, stop);
        }
    }

    private async Task<TimeSpan?> RunSafely(Func<CancellationToken, Task<TimeSpan?>> round, CancellationToken stop)
    {
        try
        {
            var pause = await round(stop);
            told = null;
            faultsInARow = 0;
            return pause;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (OutOfMemoryException e)
        {
            // what it was about to take in is lost, and nobody knows what: a process that begins anew is whole again
            Tell(e);
            Vital.End($"{fault}: out of memory");
            return null;
        }
        catch (Exception e)
        {
            Tell(e);
            var seconds = FirstPause.TotalSeconds * Math.Pow(2, Math.Min(faultsInARow++, 16));
            return TimeSpan.FromSeconds(Math.Min(seconds, LongestPause.TotalSeconds));
        }
    }

    /// <summary>With its stack, and once while the same exception comes back round after round.</summary>
    private void Tell(Exception e)
    {
        Counts.AddOrUpdate(name, 1, (_, count) => count + 1);
        var what = $"{e.GetType()}: {e.Message}";
        if (told != what)
            log.WriteLine($"{fault}: {e}");
        told = what;
    }
}
