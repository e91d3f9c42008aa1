using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Routing;

/// <summary>An object that has routes.</summary>
internal sealed class RouteObject(KubeObject of, IReadOnlyList<SplitRoute> routes)
{
    private TableRule[]?[]? rules;

    public KubeObject Of { get; } = of;

    public IReadOnlyList<SplitRoute> Routes { get; } = routes;

    /// <summary>The entries of a route for all callers, made once: of each caller's table they are the same.</summary>
    /// <param name="at">Of <see cref="Routes"/>.</param>
    public TableRule[] RulesOf(int at, Func<KubeObject, SplitRoute, TableRule[]> make) =>
        (rules ??= new TableRule[Routes.Count][])[at] ??= make(Of, Routes[at]);
}

/// <summary>One entry of a table: an entry of a route's conditions with what the route does, as a proxy has it.</summary>
/// <param name="Of">Whose route it is: its destinations are read with the namespace of that object.</param>
internal sealed record TableRule(RequestMatch Match, SplitRoute Route, KubeObject Of)
{
    /// <summary>The VirtualService that delegates here; null where nobody does.</summary>
    public KubeObject? Root { get; init; }

    /// <summary>The route of <see cref="Root"/>: what it says counts where the delegate's says nothing.</summary>
    public SplitRoute? RootRoute { get; init; }

    /// <summary>The object that has the host.</summary>
    public KubeObject Owner => Root ?? Of;

    /// <summary>Of the route, or else of the root's.</summary>
    public Node Setting(ReadOnlySpan<byte> name) => Route.Node[name] is { Exists: true } own ? own : RootRoute?.Node[name] ?? default;

    public RouteEffect Effect => field ??= RouteEffect.Of(this);

    /// <summary>The same conditions, destinations and settings, whatever it is called.</summary>
    public bool IsSameAs(TableRule other) =>
        Of.Key == other.Of.Key
        && Route.Node.Raw.SequenceEqual(other.Route.Node.Raw)
        && (RootRoute?.Node ?? default).Raw.SequenceEqual((other.RootRoute?.Node ?? default).Raw);
}
