using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.Route;

/// <summary>Requests that are served stay served. See docs/facts/istio.md#who-has-a-host and docs/facts/gateway-api.md#merge.</summary>
internal static class LostRequests
{
    private const int Shows = 5;

    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts of which paths may be taken away at once; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "route-lost-requests",
        Summary = "A change of a VirtualService or HTTPRoute should leave a route for every request that has been served.",
        Why =
            "The first route for a host in the mesh replaces the plain route to the service, an exact hostname at a Gateway hides the routes of "
            + "a wildcard, and one backend that Istio cannot read takes all rules of an HTTPRoute away (istio/istio "
            + "pilot/pkg/config/kube/gateway/conversion.go): what no route takes gets 404, though the service would answer and every status says "
            + "that the object is accepted. A redirect or an error instead of a server, meant for browsers at a gateway, "
            + "ends calls in the mesh as well.",
        Remedy = "Keep a route that takes all other requests, or take a path away only when nobody asks for it any more.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.HttpRoute],
        Reads = RouteChange.Kinds,
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        OnDelete = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Before is null)
            return;
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in RouteChange.Of(x).Tables)
        {
            if (Wildcard.MatchesAny(x.Get(ExemptHosts), table.Host))
                continue;
            foreach (var move in table.Change.Moves)
            {
                if (told.Count == Shows)
                    return;
                if (WasServed(x, table, move.Was) && AnswerOf(x, table, move.Now) is { } answer && RequestSides.IsMatterOf(x, move))
                    Report(x, told, table, move, answer);
            }
        }
    }

    private static bool WasServed(Inspection x, ChangedTable table, TableRule? was) =>
        was?.Effect.Forwards
        ?? (table.Before.IsEmpty && table.Caller.Gateway is null && HostRegistry.Look(x.Before!, table.Host, out _) == Presence.Here);

    /// <summary>What users get instead; null where somebody serves them, or sends them elsewhere.</summary>
    private static string? AnswerOf(Inspection x, ChangedTable table, TableRule? now)
    {
        if (now is not null)
        {
            // at a gateway a redirect or an error page is mostly meant; a service in the mesh follows no redirect
            var isMeant = table.Caller.Gateway is not null || now.Effect.Answer < 300;
            var isLost = now.Route is GatewayApi.HttpRouteRule ? now.Effect.Answer == 500 : !isMeant;
            return isLost ? now.Effect.Answer?.ToString(CultureInfo.InvariantCulture) : null;
        }
        return table.After.IsEmpty && IsService(x.World, table) ? null : "404";
    }

    /// <summary>In the mesh a service answers by itself; where nobody knows whether it is there, it is taken to be.</summary>
    private static bool IsService(View world, ChangedTable table) =>
        table.Caller.Gateway is null && HostRegistry.Look(world, table.Host, out _) != Presence.Absent;

    private static void Report(Inspection x, HashSet<string> told, ChangedTable table, RequestMove move, string answer)
    {
        if (!told.Add($"{table.Host} {move.Was?.Route.Key} {answer}"))
            return;
        var whose = move.Was is { } was
            ? $"{was.Route.Title} of {was.Owner.Key.TitleIn(x.Subject.Namespace)} served it"
            : "the service itself answered";
        var now = move.Now is { Route: VirtualServiceRoute } by ? $"{by.Route.Title} asks no server" : "no route takes it any more";
        x.Report(
            new Finding(
                RequestSides.PlaceOf(x),
                $"{table.Host}{table.Caller} {move.Request}",
                $"{move.Request} to {Shown.Clip(table.Host, 80)}{table.Caller} gets {answer} from now on: {whose} until now, and {now}"
            )
            {
                Limit = "a route for every request that was served",
                AtMost = GuardAction.Warn,
            }
        );
    }
}
