using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.HttpRoute;

/// <summary>A weight of 1 that nobody wrote. See docs/facts/gateway-api.md#backend-weights.</summary>
internal static class DefaultWeight
{
    /// <summary>Below it 1 is a ratio's part.</summary>
    private const int Large = 10;

    public static readonly Rule Rule = new()
    {
        Id = "http-route-default-weight",
        Summary = "A backend beside weights of 10 and more should not have the weight 1, unless the weights add up to 100 or 1000.",
        Why =
            "An omitted weight is 1, neither 0 nor the rest to 100 (Gateway API, shared_types.go): beside 90 the backend that was to take 10 "
            + "% of the users gets 1 %, "
            + "and the canary that looks healthy was hardly tried. The definition's default writes the 1 before any webhook sees the object, so "
            + "that it looks like one that was meant.",
        Remedy = "Write a weight for every backend of the rule, so that they add up to 100.",
        Kinds = [ObjectKind.HttpRoute],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Splits)
        {
            var shares = route.Shares;
            if (!shares.IsKnown || shares.Sum is 100 or 1000)
                continue;
            var largest = shares.Destinations.Select(s => s.Weight ?? 1).DefaultIfEmpty().Max();
            if (largest < Large)
                continue;
            foreach (var share in shares.Destinations)
            {
                if ((share.Weight ?? 1) == 1)
                    x.Report(Lone(x, route, share, largest));
            }
        }
    }

    private static Finding Lone(Inspection x, SplitRoute route, Share share, long largest)
    {
        var destination = route.DestinationOf(share.Destination, x.Subject);
        var rest = 100 - (route.Shares.Sum - 1);
        var weight = share.Weight is null ? "has no weight, which is 1" : "has weight 1, which an omitted weight is too";
        return new Finding(
            Place.Of(share.Destination, "weight"),
            $"{route.Key} {destination}",
            $"{destination.Title(x.Subject)} {weight}, beside {largest}: it gets {Shown.Percent(share.Percent)} of users"
        )
        {
            Found = "1",
            Excess = 1,
            Remedy = rest is > 0 and < 100 ? $"weight: {rest}   # the rest to 100" : "weight: 0   # or what it is to get",
        };
    }
}
