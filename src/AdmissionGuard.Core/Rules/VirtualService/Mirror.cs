using AdmissionGuard.Core.Contract;
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
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
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
            var (one, many) = (x.Read.Map(route.Node["mirror"u8]), route.Node["mirrors"u8]);
            if (!one.Exists && many.Count == 0)
                continue;
            if ((!route.Forwards && !route.Delegates) || rollouts.Adds(route))
                continue;
            var users = UsersOf(x, route);
            if (one.Exists)
                Judge(x, route, users, new Copy(one, one, ShareOf(route.Node), "mirrorPercentage"));
            foreach (var item in x.Read.Items(many))
            {
                var mirror = x.Read.Map(item);
                if (mirror.Exists)
                    Judge(x, route, users, new Copy(mirror, mirror["destination"u8], mirror["percentage"u8], "percentage"));
            }
        }
    }

    /// <param name="At">Where the mirror stands.</param>
    /// <param name="Share">The map or number that says how much; absent is everything.</param>
    private readonly record struct Copy(Node At, Node Destination, Node Share, string ShareName);

    /// <summary>The deprecated number counts where the map is absent (pilot/pkg/networking/core/route/route.go, MirrorPercent).</summary>
    private static Node ShareOf(Node route) =>
        route["mirrorPercentage"u8] is { Exists: true } share ? share
        : route["mirrorPercent"u8] is { Exists: true } old ? old
        : route["mirror_percent"u8];

    /// <summary>Who gets users of the route, whatever the port, and what share of them.</summary>
    private static Dictionary<(string Host, string? Subset), double> UsersOf(Inspection x, VirtualServiceRoute route)
    {
        var users = new Dictionary<(string, string?), double>();
        foreach (var share in route.Shares.Span)
        {
            var destination = Destination.OfIstio(share.Destination, x.Subject);
            var key = (destination.Host, destination.Subset);
            if (share.Percent > 0)
                users[key] = users.GetValueOrDefault(key) + share.Percent;
        }
        return users;
    }

    private static void Judge(Inspection x, VirtualServiceRoute route, Dictionary<(string Host, string? Subset), double> users, Copy copy)
    {
        if (PercentOf(x, copy.Share) is not { } percent || percent <= 0 || x.Read.Text(copy.Destination["host"u8]) is not { Length: > 0 })
            return;
        var target = Destination.At(copy.Destination, x.Subject);
        if (!route.Conditions.TakesOnlyMethods(x.Get(IdempotentMethods)) && !Wildcard.MatchesAny(x.Get(ExemptHosts), target.Host))
            x.Report(Writes(x, route, copy, target, percent));
        if (percent > x.Get(MaxMirrorPercent))
            x.Report(Much(x, route, copy, target, percent));
        if (!users.TryGetValue((target.Host, target.Subset), out var own))
            return;
        x.Report(
            new Finding(
                copy.At,
                $"{route.Key} {target} twice",
                $"the copies go to {target.Title(x.Subject)}, which gets {Shown.Percent(own)} of the users already: it does the same work twice"
            )
            {
                Remedy = "# mirror to a version that takes no users, or leave the mirror out",
                AtMost = GuardAction.Warn,
            }
        );
    }

    /// <summary>100 where nothing is said; an empty map is 0. Null where it cannot be read.</summary>
    private static double? PercentOf(Inspection x, Node share) =>
        !share.Exists ? 100
        : share.IsObject ? (share["value"u8].Exists ? x.Read.Number(share["value"u8]) : 0)
        : x.Read.Number(share);

    private static Finding Writes(Inspection x, VirtualServiceRoute route, Copy copy, Destination target, double percent) =>
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
                $"# on a route of its own before this one, with its destinations:\nmatch:\n- method: {{regex: "
                + $"{Shown.Quote(string.Join('|', x.Get(IdempotentMethods)))}}}",
        };

    private static Finding Much(Inspection x, VirtualServiceRoute route, Copy copy, Destination target, double percent)
    {
        var found = copy.Share.Exists ? $"{Shown.Percent(percent)} of the requests are" : "without a percentage 100 % of the requests are";
        var place = copy.Share.Exists ? new Place(copy.Share) : Place.Of(copy.ShareName == "percentage" ? copy.At : route.Node, copy.ShareName);
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
            Remedy = $"{copy.ShareName}: {{value: {x.Get(MaxMirrorPercent)}}}",
            AtMost = GuardAction.Warn,
        };
    }
}
