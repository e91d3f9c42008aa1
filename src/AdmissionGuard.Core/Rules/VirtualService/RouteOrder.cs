using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
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
        Reads = [ObjectKind.Rollout, .. RouteChange.Kinds],
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
        if (x.Spec["http"u8].Count == 0 || x.Subject.Attachment.IsDelegate)
            return;
        foreach (var (route, path) in ContestedPaths.Of(x.Subject.Routes))
            x.Report(Contested(route, path));
        var hidden = RouteReach.Of(x).Hidden;
        if (hidden.Count == 0)
            return;
        var rollouts = new RouteOwners(x);
        HashSet<SplitRoute>? live = null;
        foreach (var taken in hidden.GroupBy(h => h.By?.Route ?? h.Route))
        {
            var by = taken.First().By;
            if (by?.Route is VirtualServiceRoute own && by.Of.Key == x.Key && rollouts.MayTakeAll(own, x.Get(ExemptRoutes)))
                continue;
            var managed = new List<VirtualServiceRoute>();
            var lost = new List<VirtualServiceRoute>();
            var dead = new List<VirtualServiceRoute>();
            foreach (var route in taken.Select(h => h.Route).OfType<VirtualServiceRoute>())
            {
                if (rollouts.Adds(route))
                    continue;
                if (rollouts.NamerOf(route) is not null)
                    managed.Add(route);
                else if ((live ??= LiveBefore(x)).Contains(route) && by?.Route is VirtualServiceRoute other && !SendsAlike(route, other))
                    lost.Add(route);
                else
                    dead.Add(route);
            }
            if (managed.Count > 0)
                x.Report(HiddenText.Of(x, by, managed, "managed", WrittenBy(rollouts.NamerOf(managed[0])!)));
            if (lost.Count > 0)
                x.Report(HiddenText.Of(x, by, lost, "lost", "whoever was sent there until now goes elsewhere at once"));
            if (dead.Count > 0)
                x.Report(HiddenText.Of(x, by, dead, "dead", "nobody ever gets there") with { AtMost = GuardAction.Warn });
        }
    }

    /// <summary>The routes that got requests before this update; none where the object is new.</summary>
    private static HashSet<SplitRoute> LiveBefore(Inspection x)
    {
        if (x.Old is not { } old || x.Before is null)
            return [];
        var before = RoutePairs.Before(old.Routes, x.Subject.Routes);
        if (before.Count == 0)
            return [];
        var dead = new RouteReach(RequestTables.Before(x), new RouteObject(old, old.Splits)).Hidden.Select(h => h.Route).ToHashSet();
        return [.. before.Where(p => !dead.Contains(p.Value)).Select(p => p.Key)];
    }

    private static bool SendsAlike(VirtualServiceRoute a, VirtualServiceRoute b) =>
        a.Node["route"u8].Exists && a.Node["route"u8].SameAs(b.Node["route"u8]);

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
}
