namespace AdmissionGuard.Core.Json;

/// <summary>
/// How many values were looked at: look-ups of keys and steps through lists and maps. Counted where the switch
/// <c>AdmissionGuard.CountVisits</c> is set before the first document is read, as the benchmarks do; nowhere else, where it costs nothing.
/// </summary>
internal static class Visits
{
    public const string Switch = "AdmissionGuard.CountVisits";

    /// <summary>A constant to the compiler, which leaves the counting out.</summary>
    private static readonly bool AreCounted = AppContext.TryGetSwitch(Switch, out var on) && on;

    /// <summary>Of one thread's work: whoever measures runs alone.</summary>
    public static long Count { get; private set; }

    public static void One()
    {
        if (AreCounted)
            Count++;
    }
}
