using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Weights say what users get. See docs/facts/istio.md#weights.</summary>
internal static class WeightsExplicit
{
    private static readonly BooleanParameter AllowRatios = new(
        "allowRatios",
        false,
        "weights may be ratios, such as 1 and 1, instead of adding up to 100"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-weights-explicit",
        Summary = "Each of several destinations must have a weight, and they should add up to 100.",
        Why =
            "An omitted weight is 0: the destination gets nothing, and the version that was to take 10 % of the users is never tried, or the "
            + "one that was to keep the rest loses it all. "
            + "Istio does not ask for a sum of 100 either; it divides by whatever the sum is, so that weight 5 beside 5 is half of the users "
            + "(pkg/config/validation/virtualservice.go, pilot/pkg/networking/core/route/route.go).",
        Remedy = "Write a weight for every destination of the route, 0 where it is meant, so that they add up to 100.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [AllowRatios],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (route.Shares.Destinations.Count < 2)
                continue;
            var omitted = 0;
            foreach (var share in route.Shares.Span)
            {
                if (IsOmitted(share))
                    omitted++;
            }
            // Nobody gets anything: Istio refuses that, which virtual-service-validity says.
            if (omitted == route.Shares.Destinations.Count || route.Shares is { IsKnown: true, Sum: 0 })
                continue;
            foreach (var share in route.Shares.Span)
            {
                if (IsOmitted(share))
                    x.Report(Omitted(x, route, share, omitted));
            }
            if (omitted == 0 && route.Shares is { IsKnown: true, Sum: not 100 } && !x.Get(AllowRatios))
                x.Report(Sum(x, route));
        }
    }

    private static bool IsOmitted(Share share) => share.Destination.Exists && !share.Destination["weight"u8].Exists;

    private static Finding Omitted(Inspection x, VirtualServiceRoute route, Share share, int omitted)
    {
        var destination = Destination.OfIstio(share.Destination, x.Subject);
        var rest = 100 - route.Shares.Sum;
        return new Finding(
            Place.Of(share.Destination, "weight"),
            $"{route.Key} {destination}",
            $"{destination.Title(x.Subject)} has no weight beside other destinations, every one needs its own: Istio reads it as 0 and sends "
                + $"it nobody"
        )
        {
            Remedy =
                omitted == 1 && rest is > 0 and < 100
                    ? $"weight: {rest}   # or 0, which is what it gets today"
                    : "weight: 0   # which is what it gets today",
            // the others have everybody already, as Argo and many authors write 100 and nothing
            AtMost = rest == 0 ? GuardAction.Warn : GuardAction.Deny,
        };
    }

    private static Finding Sum(Inspection x, VirtualServiceRoute route)
    {
        var shares = route.Shares;
        return new Finding(
            route.Node["route"u8],
            $"{route.Key} sum",
            $"the weights add up to {shares.Sum}, 100 is expected: Istio sends {Told(x, shares)}"
        )
        {
            Found = $"{shares.Sum}",
            Limit = "100",
            Excess = Math.Abs(shares.Sum - 100.0),
            Remedy = WeightsYaml.Of(route, WeightsYaml.OfHundred(shares)),
            AtMost = GuardAction.Warn,
        };
    }

    private static string Told(Inspection x, Shares shares)
    {
        var told = new List<string>();
        foreach (var share in shares.Destinations.Take(3))
            told.Add($"{Shown.Percent(share.Percent)} to {Destination.OfIstio(share.Destination, x.Subject).Title(x.Subject)}");
        return string.Join(", ", told) + (shares.Destinations.Count > 3 ? " and so on" : "");
    }
}
