namespace AdmissionGuard.Core.Routing;

/// <summary>
/// What one review may spend on comparing requests with conditions. Hosts, callers, requests and routes multiply, so that an object within every
/// limit of size could cost minutes; what is not compared for that is not known, and never an excuse.
/// </summary>
internal sealed class Effort
{
    /// <summary>Comparisons: half a second of one core at about 20 ns each.</summary>
    private const long Most = 25_000_000;

    /// <summary>A regular expression costs as much as so many other conditions.</summary>
    private const int Regex = 200;

    private long left = Most;

    /// <summary>False where it exceeds what is left; then nothing is taken of it.</summary>
    public bool Take(long requests, long rules, long regexes)
    {
        var costs = requests * (rules + (regexes * Regex));
        if (costs > left)
            return false;
        left -= costs;
        return true;
    }
}
