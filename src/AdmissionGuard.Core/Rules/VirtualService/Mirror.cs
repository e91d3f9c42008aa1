using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Copies of requests do no work twice, and little of it. See docs/facts/istio.md#mirror.</summary>
internal static class Mirror
{
    private static readonly IntegerParameter MaxMirrorPercent = new(
        "maxMirrorPercent",
        10,
        1,
        100,
        "share in percent of a route's requests that may be copied"
    );
    private static readonly NamesParameter IdempotentMethods = new(
        "idempotentMethods",
        "methods whose requests may run twice, in capitals; add PUT and DELETE where services keep to HTTP",
        "GET",
        "HEAD",
        "OPTIONS"
    );
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "destinations that may get copies of writes, such as one with a database of its own; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-mirror",
        Summary = "Writes must not be mirrored, and only a small share of all other requests should be.",
        Why =
            "A mirrored request is executed like any other, only its answer is dropped: an order mirrored to a version on the same database "
            + "is placed twice. Without a percentage all requests "
            + "are mirrored, which doubles the load on everything behind the target (Istio API, HTTPRoute.mirror).",
        Remedy = "Mirror from a route of its own that matches GET, with a percentage of 10 or less, to a version that takes no users.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [MaxMirrorPercent, IdempotentMethods, ExemptHosts],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var rollouts = new RouteOwners(x);
        foreach (var route in x.Subject.Routes)
        {
            var mirrors = RouteMirror.Of(route.Node, x.Read);
            if (mirrors.Count == 0 || (!route.Forwards && !route.Delegates) || rollouts.Adds(route))
                continue;
            var users = UserShares.Of(route, x.Subject, TargetOf);
            foreach (var mirror in mirrors)
                Judge(x, route, users, mirror);
        }
        foreach (var rule in x.Subject.Splits.OfType<HttpRouteRule>())
            OfHttpRoute(x, rule);
    }

    private static void OfHttpRoute(Inspection x, HttpRouteRule rule)
    {
        foreach (var mirror in HttpRouteMirror.Of(rule.Node, x.Subject).Where(m => m.Percent > 0))
        {
            var isSafe = rule.TakesOnlyMethods(x.Get(IdempotentMethods)) || Wildcard.MatchesAny(x.Get(ExemptHosts), mirror.Destination.Host);
            if (!isSafe)
                x.Report(Writes(x, rule, mirror.Written, mirror.Destination, mirror.Percent) with { AtMost = GuardAction.Warn });
            if (mirror.Percent > x.Get(MaxMirrorPercent))
                x.Report(Much(x, rule, mirror.Written, mirror.Destination, mirror.Percent));
        }
    }

    private static void Judge(
        Inspection x,
        VirtualServiceRoute route,
        IReadOnlyDictionary<(string Host, string? Subset), UserShare> users,
        RouteMirror copy
    )
    {
        if (copy.Percent(x.Read) is not { } percent || percent <= 0 || x.Read.Text(copy.Destination["host"u8]) is not { Length: > 0 })
            return;
        var target = Destination.At(copy.Destination, x.Subject);
        if (!route.Conditions.TakesOnlyMethods(x.Get(IdempotentMethods)) && !Wildcard.MatchesAny(x.Get(ExemptHosts), target.Host))
            x.Report(Writes(x, route, copy, target, percent));
        if (percent > x.Get(MaxMirrorPercent))
            x.Report(Much(x, route, copy, target, percent));
        if (!users.TryGetValue(TargetOf(target), out var own))
            return;
        x.Report(
            new Finding(
                copy.At,
                $"{route.Key} {target} twice",
                $"the copies go to {target.Title(x.Subject)}, which gets {Shown.Percent(own.Percent)} of the users already: "
                    + $"it does the same work twice"
            )
            {
                Remedy = "# mirror to a version that takes no users, or leave the mirror out",
                AtMost = GuardAction.Warn,
            }
        );
    }

    /// <summary>Whatever the port: the same pods do the work.</summary>
    private static (string Host, string? Subset) TargetOf(Destination destination) => (destination.Host, destination.Subset);

    private static Finding Writes(Inspection x, SplitRoute route, RouteMirror copy, Destination target, double percent) =>
        new(
            copy.At,
            $"{route.Key} {target} writes",
            $"{Shown.Percent(percent)} of the writes are copied to {target.Title(x.Subject)}, only "
                + $"{string.Join(", ", x.Get(IdempotentMethods))} may be: each is executed there a second time"
        )
        {
            Found = Shown.Percent(percent),
            Limit = string.Join(", ", x.Get(IdempotentMethods)),
            Excess = percent,
            Remedy =
                route is HttpRouteRule
                    ? "# on a rule of its own, with its backends:\nmatches:\n- method: GET"
                    : $"# on a route of its own before this one, with its destinations:\nmatch:\n- method: {{regex: "
                        + $"{Shown.Quote(string.Join('|', x.Get(IdempotentMethods)))}}}",
        };

    private static Finding Much(Inspection x, SplitRoute route, RouteMirror copy, Destination target, double percent)
    {
        var found = copy.Share.Exists ? $"{Shown.Percent(percent)} of the requests are" : "without a percentage 100 % of the requests are";
        var place = copy.Share.Exists ? new Place(copy.Share) : Place.Of(copy.ShareAt, copy.ShareName);
        return new Finding(
            place,
            $"{route.Key} {target} share",
            $"{found} copied to {target.Title(x.Subject)}, at most {x.Get(MaxMirrorPercent)} % should be: everything behind it works for "
                + $"users and copies at once"
        )
        {
            Found = Shown.Percent(percent),
            Limit = $"{x.Get(MaxMirrorPercent)} %",
            Excess = percent,
            Remedy = route is HttpRouteRule ? $"percent: {x.Get(MaxMirrorPercent)}" : $"{copy.ShareName}: {{value: {x.Get(MaxMirrorPercent)}}}",
            AtMost = GuardAction.Warn,
        };
    }
}
