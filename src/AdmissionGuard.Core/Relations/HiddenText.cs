using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>What is said of routes that get no request.</summary>
internal static class HiddenText
{
    /// <param name="by">See <see cref="HiddenRoute.By"/>.</param>
    /// <param name="key">What the finding is about, of the route that takes the requests.</param>
    public static Finding Of(Inspection x, TableRule? by, List<VirtualServiceRoute> hidden, string key, string effect)
    {
        var at = by is not null && by.Of.Key == x.Key ? by.Route : hidden[0];
        return new Finding(at.Node, $"{at.Key} {key}", $"{Subject(x, by, hidden)} behind it: {effect}")
        {
            Whole = key,
            Excess = hidden.Count,
            Remedy = RemedyOf(x, by, hidden),
        };
    }

    private static string Subject(Inspection x, TableRule? by, List<VirtualServiceRoute> hidden)
    {
        if (by is null)
            return $"no proxy has {Conditions(hidden[0])}, so another route takes all requests of {Names(null, hidden)}, in front or";
        if (by.Route == hidden[0])
            return $"no request fulfils all conditions, so another route takes all requests of {Names(null, hidden)}, in front or";
        var title = by.Of.Key == x.Key ? by.Route.Title : $"{by.Route.Title} of {by.Owner.Key.TitleIn(x.Subject.Namespace)}";
        return $"{title} takes all requests of {Names(by, hidden)}";
    }

    /// <summary>What an entry asks of a proxy.</summary>
    private static string Conditions(VirtualServiceRoute route)
    {
        foreach (var item in route.Match.Items)
        {
            var entry = item;
            if (entry["port"u8].Exists)
                return $"the port {Shown.Value(entry["port"u8])} here";
            foreach (var gateway in entry["gateways"u8].Items)
                return $"this VirtualService at {(gateway.IsText("mesh"u8) ? "mesh" : "gateway " + Shown.Value(gateway))}";
        }
        return "the labels or the namespace here";
    }

    private static string RemedyOf(Inspection x, TableRule? by, List<VirtualServiceRoute> hidden)
    {
        if (by is null || by.Route == hidden[0])
            return $"# correct the match of {hidden[0].Title}, or remove it";
        if (by.Of.Key != x.Key)
            return $"# narrow the match of {by.Route.Title} there, or remove {hidden[0].Title} here";
        return hidden[^1].Title == by.Route.Title
            ? "# keep one of the two, or narrow the match of this one"
            : $"# move {by.Route.Title} behind {hidden[^1].Title}, or narrow its match";
    }

    private static string Names(TableRule? by, List<VirtualServiceRoute> hidden)
    {
        var told = string.Join(", ", hidden.Take(5).Select(r => r.Title == by?.Route.Title ? "another such route" : r.Title));
        return hidden.Count > 5 ? $"{told} and {hidden.Count - 5} more" : told;
    }
}
