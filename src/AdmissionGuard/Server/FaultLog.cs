using System.Collections.Concurrent;

namespace AdmissionGuard.Server;

/// <summary>
/// Our own faults for the operator: each once with its stack, so that a rule that breaks at every request does not fill the log; the metrics count
/// them.
/// </summary>
internal sealed class FaultLog(TextWriter log)
{
    private readonly ConcurrentDictionary<(string What, Type Why), bool> told = new();
    private readonly TextWriter log = TextWriter.Synchronized(log);

    public void Tell(string what, Exception exception)
    {
        if (told.TryAdd((what, exception.GetType()), true))
            log.WriteLine($"{what} broke, please report (said once): {exception}");
    }
}
