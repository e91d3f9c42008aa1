namespace AdmissionGuard.Benchmarks;

internal static class Medians
{
    /// <summary>The upper one of an even number of values.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
