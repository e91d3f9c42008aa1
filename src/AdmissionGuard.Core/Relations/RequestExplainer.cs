using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>Answers who takes a request, by the tables that changes are judged by.</summary>
public static class RequestExplainer
{
    private const long UsualPort = 80;

    private static readonly ObjectKey Nothing = new(ObjectKind.VirtualService, "", "");

    /// <param name="old">The world before; null where none is given.</param>
    public static RequestExplanation Of(WorldSnapshot world, WorldSnapshot? old, RequestQuestion question)
    {
        var now = new RequestTables(new View(world, Nothing, default));
        var was = old is null ? null : new RequestTables(new View(old, Nothing, default));
        var (host, caller) = Place(now, question) ?? (was is null ? null : Place(was, question)) ?? Unknown(now, question);
        var request = RequestOf(question);
        var passed = new List<PassedRoute>();
        var after = TakerOf(now, host, caller, request, passed);
        var where = caller.Gateway is null ? $"{host}:{caller.Port} in the mesh" : $"{host}:{caller.Port} at {caller.Gateway}";
        return new RequestExplanation(request.ToString(), where, was is null ? null : TakerOf(was, host, caller, request, null), after, passed);
    }

    private static Request RequestOf(RequestQuestion question)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [":method"] = question.Method };
        foreach (var (name, value) in question.Headers)
            values[Condition.OfHeader(name)] = value;
        foreach (var (name, value) in question.Query)
            values["query " + name] = value;
        return new Request(question.Path, values);
    }

    /// <summary>In the mesh where a Service or some object in the mesh has the host, else at the gateway that has it.</summary>
    private static (string Host, RouteCaller Caller)? Place(RequestTables tables, RequestQuestion question)
    {
        foreach (var host in Names(tables, question))
        {
            var caller = CallerOf(tables, host, question);
            var isService = MeshHost.Service(host, tables.World.Settings.ClusterDomain) is { } key && tables.World.Find(key).Exists;
            if (isService || !tables.For(host, caller).IsEmpty)
                return (host, caller);
        }
        foreach (var caller in GatewaysOf(tables, question))
        {
            if (!tables.For(question.Host, caller).IsEmpty)
                return (question.Host, caller);
        }
        return null;
    }

    private static (string Host, RouteCaller Caller) Unknown(RequestTables tables, RequestQuestion question) =>
        (question.Host, CallerOf(tables, question.Host, question));

    /// <summary>A client's resolver completes a name by its own namespace and by the cluster's domain.</summary>
    private static IEnumerable<string> Names(RequestTables tables, RequestQuestion question)
    {
        var domain = tables.World.Settings.ClusterDomain;
        if (!question.Host.Contains('.', StringComparison.Ordinal))
            yield return $"{question.Host}.{question.FromNamespace ?? "default"}.svc.{domain}";
        yield return $"{question.Host}.svc.{domain}";
        yield return question.Host.EndsWith(".svc", StringComparison.Ordinal) ? $"{question.Host}.{domain}" : question.Host;
    }

    private static RouteCaller CallerOf(RequestTables tables, string host, RequestQuestion question)
    {
        var labels = question.FromLabels.Count == 0 ? default : Labels(question.FromLabels);
        return new RouteCaller(question.FromNamespace, labels, null, question.Port ?? UsualPortOf(tables, host));
    }

    private static long UsualPortOf(RequestTables tables, string host) =>
        HostRegistry.KnownPorts(tables.World, host) is { } ports && !ports.Contains(UsualPort) ? ports[0] : UsualPort;

    private static Node Labels(IReadOnlyDictionary<string, string> labels) =>
        Node.Parse($"{{{string.Join(',', labels.Select(l => $"{Shown.Quote(l.Key)}:{Shown.Quote(l.Value)}"))}}}");

    /// <summary>Of the objects for the host or a wildcard over it.</summary>
    private static IEnumerable<RouteCaller> GatewaysOf(RequestTables tables, RequestQuestion question)
    {
        var bound = tables.AtGateways(question.Host);
        foreach (var gateway in bound.Distinct(StringComparer.Ordinal))
        {
            foreach (var caller in RouteCallers.Known(question.Host, gateway, tables))
            {
                if (question.Port is null || question.Port == caller.Port)
                    yield return caller;
            }
        }
    }

    private static ExplainedTaker TakerOf(RequestTables tables, string host, RouteCaller caller, Request request, List<PassedRoute>? passed)
    {
        var table = tables.For(host, caller);
        foreach (var rule in table.Rules)
        {
            if (rule.Match.WhyNot(request) is not { } because)
                return Taker(rule);
            var of = rule.Of.Key;
            passed?.Add(new PassedRoute(of.Kind.Name, of.Namespace, of.Name, rule.Route.Name, rule.Route.Title, because));
        }
        var service = caller.Gateway is null && table.IsEmpty ? MeshHost.Service(host, tables.World.Settings.ClusterDomain) : null;
        return service is { } key && tables.World.Look(key, out _) != Presence.Absent
            ? new ExplainedTaker("Service", key.Namespace, key.Name, null, "", [new ExplainedShare(host, 100)], 3, null, null)
            : new ExplainedTaker("", "", "", null, "", [], 0, null, 404);
    }

    private static ExplainedTaker Taker(TableRule rule)
    {
        var effect = rule.Effect;
        var key = rule.Of.Key;
        return new ExplainedTaker(
            key.Kind.Name,
            key.Namespace,
            key.Name,
            rule.Route.Name,
            rule.Route.Title,
            [.. effect.Shares.Select(s => new ExplainedShare(s.Destination.ToString(), s.Percent))],
            effect.Answer is null ? effect.Attempts + 1 : 0,
            effect.Timeout,
            effect.Answer
        );
    }
}
