namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Pauses after failures in a row: anything between nothing and a bound that doubles from 0.5 s to 30 s, so that many clients do not come back at
/// once.
/// </summary>
internal sealed class Backoff(Func<double> random)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private int failures;

    public void Reset() => failures = 0;

    /// <param name="atLeast">What the server asked for.</param>
    public TimeSpan Next(TimeSpan? atLeast = null)
    {
        var bound = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(failures++, 16)));
        var pause = TimeSpan.FromSeconds(bound * random());
        return atLeast > pause ? atLeast.Value : pause;
    }
}
