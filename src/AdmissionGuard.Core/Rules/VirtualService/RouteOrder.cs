using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Every route gets the requests that it is written for. See docs/facts/istio.md#route-order.</summary>
internal static class RouteOrder
{
    private static readonly NamesParameter ExemptRoutes = new(
        "exemptRoutes",
        "names of routes that may take the requests of those behind them, such as a maintenance page; * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-route-order",
        Summary = "No http route may take all requests of a route behind it.",
        Why =
            "The first route that matches wins, and Istio only warns of a route that can never be reached "
            + "(pilot/pkg/networking/core/route/route.go, BuildHTTPRoutesForVirtualService): "
            + "a general route put in front moves the users of all routes behind it at once. In front of a route whose weights a Rollout "
            + "writes, it takes the canary out of Argo's hands: "
            + "steps and aborts move nobody any more. A regex counts only where it matches every path.",
        Remedy = "Put routes with narrow conditions first and the one without conditions last; write prefix: / instead of a regex for every path.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        Parameters = [ExemptRoutes],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (route.IsHttp && RegexForEveryPath(route) is { } finding)
                x.Report(finding);
        }
        if (x.Spec["http"u8].Count < 2)
            return;
        var order = new RequestOrder(x.Subject.Routes);
        foreach (var (route, path) in order.Contested)
            x.Report(Contested(route, path));
        if (order.Hidden.Count == 0)
            return;
        var rollouts = new RouteOwners(x);
        HashSet<VirtualServiceRoute>? live = null;
        foreach (var taken in order.Hidden.GroupBy(h => h.By, h => h.Hidden))
        {
            var by = taken.Key;
            if (rollouts.MayTakeAll(by, x.Get(ExemptRoutes)))
                continue;
            var managed = new List<VirtualServiceRoute>();
            var lost = new List<VirtualServiceRoute>();
            var dead = new List<VirtualServiceRoute>();
            foreach (var route in taken)
            {
                if (rollouts.Adds(route))
                    continue;
                if (rollouts.NamerOf(route) is not null)
                    managed.Add(route);
                else if ((live ??= LiveBefore(x)).Contains(route) && !SendsAlike(route, by))
                    lost.Add(route);
                else
                    dead.Add(route);
            }
            if (managed.Count > 0)
                x.Report(Taken(by, managed, "managed", WrittenBy(rollouts.NamerOf(managed[0])!)));
            if (lost.Count > 0)
                x.Report(Taken(by, lost, "lost", "whoever was sent there until now goes elsewhere at once"));
            if (dead.Count > 0)
                x.Report(Taken(by, dead, "dead", "nobody ever gets there") with { AtMost = GuardAction.Warn });
        }
    }

    /// <summary>The routes that got requests before this update; none where the object is new.</summary>
    private static HashSet<VirtualServiceRoute> LiveBefore(Inspection x)
    {
        if (x.Old is not { } old)
            return [];
        var before = RoutePairs.Before(old.Routes, x.Subject.Routes);
        if (before.Count == 0)
            return [];
        var dead = new RequestOrder(old.Routes).Hidden.Select(h => h.Hidden).ToHashSet();
        return [.. before.Where(p => !dead.Contains(p.Value)).Select(p => p.Key)];
    }

    private static bool SendsAlike(VirtualServiceRoute a, VirtualServiceRoute b) =>
        a.Node["route"u8].Exists && a.Node["route"u8].SameAs(b.Node["route"u8]);

    private static Finding Taken(VirtualServiceRoute by, List<VirtualServiceRoute> hidden, string key, string effect) =>
        new(by.Node, $"{by.Key} {key}", $"{by.Title} takes all requests of {Names(by, hidden)} behind it: {effect}")
        {
            Whole = key,
            Excess = hidden.Count,
            Remedy =
                hidden[^1].Title == by.Title
                    ? "# keep one of the two, or narrow the match of this one"
                    : $"# move {by.Title} behind {hidden[^1].Title}, or narrow its match",
        };

    private static string WrittenBy(string rollout) =>
        $"Rollout {Shown.Clip(rollout, 60)} writes the weights there, and no step and no abort moves a user any more";

    private static Finding Contested(VirtualServiceRoute route, string path) =>
        new(
            route.Match,
            $"{route.Key} regex",
            $"the regex of {route.Title} is tried before the exact path {Shown.Quote(Shown.Clip(path, 60))} behind it, and begins alike: it "
                + $"may take its requests"
        )
        {
            Remedy = $"# put the route with uri: {{exact: {Shown.Quote(Shown.Clip(path, 60))}}} before this one",
            AtMost = GuardAction.Warn,
        };

    private static Finding? RegexForEveryPath(VirtualServiceRoute route)
    {
        foreach (var item in route.Match.Items)
        {
            var regex = item["uri"u8]["regex"u8];
            if (regex.Text is not { } text || !MatchSet.MatchesEveryPath(text))
                continue;
            return new Finding(
                regex,
                $"{route.Key} every path",
                $"the regex {Shown.Quote(text)} matches every path, which prefix: / says plainly: each request pays for the regex, and Istio "
                    + $"warns of nothing that it hides"
            )
            {
                Remedy = "uri: {prefix: /}",
                AtMost = GuardAction.Warn,
            };
        }
        return null;
    }

    private static string Names(VirtualServiceRoute by, List<VirtualServiceRoute> hidden)
    {
        var told = string.Join(", ", hidden.Take(3).Select(r => r.Title == by.Title ? "another such route" : r.Title));
        return hidden.Count > 3 ? $"{told} and {hidden.Count - 3} more" : told;
    }
}
