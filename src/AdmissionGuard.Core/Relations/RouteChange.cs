using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// What a change of a VirtualService or HTTPRoute does to requests: every table that it can touch, before and after, for each host, caller, gateway
/// and port that somebody tells apart. Rules that ask read <see cref="Kinds"/>.
/// </summary>
internal sealed class RouteChange
{
    /// <summary>What is looked up.</summary>
    public static readonly ObjectKind[] Kinds =
    [
        ObjectKind.VirtualService,
        ObjectKind.HttpRoute,
        ObjectKind.Gateway,
        ObjectKind.IstioGateway,
        ObjectKind.Service,
        ObjectKind.ServiceEntry,
    ];

    /// <summary>Of one object; more are cut, and the change is not known then.</summary>
    private const int MostTables = 64;

    private RouteChange(IReadOnlyList<ChangedTable> tables, bool isKnown)
    {
        Tables = tables;
        IsKnown = isKnown;
    }

    public IReadOnlyList<ChangedTable> Tables { get; }

    /// <summary>False where there are too many tables or requests to look at.</summary>
    public bool IsKnown { get; }

    /// <summary>Of a review; nothing where it is judged without a world before it.</summary>
    public static RouteChange Of(Inspection x) => x.Shared(Make);

    private static RouteChange Make(Inspection x)
    {
        if (x.Before is null || RouteAttachment.IsUntouched(x))
            return new RouteChange([], true);
        var was = RequestTables.Before(x);
        var now = RequestTables.Of(x);
        var tables = new List<ChangedTable>();
        var effort = new Effort();
        foreach (var (host, caller) in RouteAttachment.Touched(x, was, now).Take(MostTables + 1))
        {
            if (tables.Count == MostTables)
                return new RouteChange(tables, false);
            var (old, @new) = (was.For(host, caller), now.For(host, caller));
            if (old.IsSameAs(@new) || IsOfNobody(x, old, host, caller))
                continue;
            tables.Add(new ChangedTable(host, caller, old, @new, new TableChange(old, @new, host, effort)));
        }
        return new RouteChange(tables, tables.TrueForAll(t => t.Change.IsKnown));
    }

    /// <summary>Whether nobody served the host before: there are no users to move, and none to lose.</summary>
    private static bool IsOfNobody(Inspection x, RequestTable old, string host, RouteCaller caller) =>
        old.IsEmpty && (caller.Gateway is not null || HostRegistry.Look(x.Before!, host, out _) == Presence.Absent);
}

/// <summary>A table that changed.</summary>
internal sealed record ChangedTable(string Host, RouteCaller Caller, RequestTable Before, RequestTable After, TableChange Change);
