using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>Whom a route's faults hit.</summary>
internal enum FaultTarget
{
    Users,
    Client,
    Tests,
}

/// <summary>A delay or an abort that a route injects.</summary>
/// <param name="fault">The route's <c>fault</c>.</param>
/// <param name="kind">Which of its fields: <c>delay</c> or <c>abort</c>.</param>
internal readonly struct RouteFault(Node fault, string kind, Reader read)
{
    public string Kind { get; } = kind;

    public Node Node { get; } = read.Map(fault[kind]);

    /// <summary>
    /// Absent is 0 (docs/facts/istio.md#fault-percentage); of a delay Istio still reads the deprecated <c>percent</c>. Null where it cannot be read.
    /// </summary>
    public double? Percent
    {
        get
        {
            if (Node["percentage"u8].Exists)
                return read.Number(read.Map(Node["percentage"u8])["value"u8]);
            return Kind == "delay" ? read.Integer(Node["percent"u8]) : null;
        }
    }

    /// <summary>As the beginning of a sentence that a share of requests follows.</summary>
    public string Effect
    {
        get
        {
            if (Kind == "delay")
            {
                if (Node["fixedDelay"u8].Exists)
                    return $"a delay of {Shown.Clip(Node["fixedDelay"u8].Text ?? "", 20)} hits";
                return "a delay hits";
            }
            if (Node["httpStatus"u8].Exists)
                return $"status {Shown.Value(Node["httpStatus"u8])} answers";
            return "an abort hits";
        }
    }

    /// <summary>
    /// What every entry of the match asks for. A header with a value, or a query parameter, is something that a request chooses to send; sourceLabels
    /// choose a whole client.
    /// </summary>
    public static FaultTarget TargetOf(VirtualServiceRoute route)
    {
        var widest = route.Match.Count > 0 ? FaultTarget.Tests : FaultTarget.Users;
        foreach (var item in route.Match.Items)
        {
            var entry = item;
            FaultTarget target;
            if (AsksForAValue(entry["headers"u8]) || AsksForAValue(entry["queryParams"u8]))
                target = FaultTarget.Tests;
            else if (entry["sourceLabels"u8].HasEntries)
                target = FaultTarget.Client;
            else
                target = FaultTarget.Users;
            if (target < widest)
                widest = target;
        }
        return widest;
    }

    /// <summary>Pseudo headers, the host and the browser are sent by everybody.</summary>
    private static bool AsksForAValue(Node conditions)
    {
        foreach (var condition in conditions.Entries)
        {
            if (condition.Name.StartsWith(':') || condition.Name.ToLowerInvariant() is "host" or "user-agent" or "accept")
                continue;
            var value = condition.Value;
            if (value["exact"u8].Text is { Length: > 0 } || value["prefix"u8].Text is { Length: > 0 })
                return true;
            if (value["regex"u8].Text is { Length: > 0 } regex && !MatchSet.MatchesEveryPath(regex))
                return true;
        }
        return false;
    }
}
