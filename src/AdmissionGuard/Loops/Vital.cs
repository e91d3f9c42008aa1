namespace AdmissionGuard.Loops;

/// <summary>
/// Work in the background without which the process only looks alive: where it ends unasked, the process ends too, with a reason, and whoever runs it
/// starts another. A replica that is unready for ever without a word helps nobody.
/// </summary>
internal static class Vital
{
    private static volatile Action<string>? ended;

    /// <summary>Told why the process must end; nothing happens where nobody has asked.</summary>
    public static IDisposable Watch(Action<string> tell)
    {
        ended = tell;
        return new Unwatched(tell);
    }

    public static void End(string why) => ended?.Invoke(why);

    /// <summary>The task itself, which ends the process where it ends before it is told to, by an exception or without.</summary>
    /// <param name="name">What it does, for the reason.</param>
    public static async Task Run(string name, Task task, CancellationToken stop)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            End($"{name} ended: {e}");
            return;
        }
        if (!stop.IsCancellationRequested)
            End($"{name} ended without a word");
    }

    private sealed class Unwatched(Action<string> tell) : IDisposable
    {
        public void Dispose()
        {
            if (ended == tell)
                ended = null;
        }
    }
}
