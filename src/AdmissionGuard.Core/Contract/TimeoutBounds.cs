using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Contract;

/// <summary>Between what times the timeout of a route should be: the demand of every rule on timeouts, whatever the kind calls the field.</summary>
internal static class TimeoutBounds
{
    public static readonly DurationParameter Most = new(
        "maxTimeout",
        TimeSpan.FromSeconds(60),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromHours(24),
        "the longest that is sensible for users who wait"
    );
    public static readonly DurationParameter Least = new(
        "minTimeout",
        TimeSpan.FromMilliseconds(50),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromSeconds(10),
        "the shortest that is sensible between two services"
    );

    /// <summary>What is wrong with a timeout that is written; null where nothing is, or where it cannot be read. 0s is no timeout at all.</summary>
    /// <param name="field">What the remedy calls it: <c>timeout</c>, <c>request</c>.</param>
    /// <param name="usual">What the remedy writes instead of one that is off or too short, unless it is longer than the longest.</param>
    public static Finding? Check(Inspection x, SplitRoute route, Node node, string field, TimeSpan usual)
    {
        if (x.Read.Duration(node) is not { } timeout)
            return null;
        var most = x.Get(Most);
        var least = x.Get(Least);
        if (timeout != TimeSpan.Zero && timeout >= least && timeout <= most)
            return null;
        var advised = Durations.Write(usual > most ? most : usual);
        if (timeout == TimeSpan.Zero)
            return TooLong(
                route,
                node,
                timeout,
                most,
                $"{Durations.Write(timeout)} switches the timeout off",
                "a request to a slow server waits for ever"
            ) with
            {
                Excess = double.MaxValue,
                Remedy = $"{field}: {advised}",
            };
        if (timeout > most)
            return TooLong(route, node, timeout, most, $"is {Durations.Write(timeout)}", "callers pile up behind a slow server for that long") with
            {
                Excess = (timeout - most).TotalSeconds,
                Remedy = $"{field}: {Durations.Write(most)}",
            };
        return new Finding(
            node,
            $"{route.Key} too short",
            $"timeout is {Durations.Write(timeout)}, at least {Durations.Write(least)} is allowed: a short pause of the server fails every request"
        )
        {
            Found = Durations.Write(timeout),
            Limit = Durations.Write(least),
            Excess = (least - timeout).TotalSeconds,
            Remedy = $"{field}: {advised}",
        };
    }

    private static Finding TooLong(SplitRoute route, Node node, TimeSpan timeout, TimeSpan most, string what, string effect) =>
        new(node, $"{route.Key} too long", $"timeout {what}, at most {Durations.Write(most)} is allowed: {effect}")
        {
            Found = Durations.Write(timeout),
            Limit = Durations.Write(most),
        };
}
