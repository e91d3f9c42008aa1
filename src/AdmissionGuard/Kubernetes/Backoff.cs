namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Pauses after failures in a row: anything between nothing and a bound that doubles, so that many clients do not come back at
/// once.
/// </summary>
internal sealed class Backoff(Func<double> random)
{
    private int failures;

    public void Reset() => failures = 0;

    /// <param name="atLeast">What the server asked for.</param>
    public TimeSpan Next(TimeSpan? atLeast = null)
    {
        var bound = Math.Min(ApiLimits.LongestBackoff.TotalSeconds, ApiLimits.FirstBackoff.TotalSeconds * Math.Pow(2, Math.Min(failures++, 16)));
        var pause = TimeSpan.FromSeconds(bound * random());
        return atLeast > pause ? atLeast.Value : pause;
    }
}
