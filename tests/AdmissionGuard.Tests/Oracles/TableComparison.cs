using System.Globalization;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>Holds our tables to the routes that the oracle's facts have.</summary>
internal sealed class TableComparison
{
    private static readonly ObjectKey Nothing = new(ObjectKind.VirtualService, "none", "none");

    public int Compared { get; private set; }

    public List<string> Differing { get; } = [];

    public void Compare(string where, IstioWorld world)
    {
        var tables = new RequestTables(new View(world.World, Nothing, default));
        foreach (var proxy in world.Facts.GetProperty("proxies").EnumerateObject())
        {
            if (!proxy.Value.TryGetProperty("routes", out var configurations))
                continue;
            foreach (var configuration in configurations.EnumerateObject())
            {
                foreach (var host in configuration.Value.EnumerateArray())
                    Compare($"{where} {proxy.Name}", tables, world, proxy.Name, (configuration.Name, host));
            }
        }
    }

    /// <summary>The tables that a virtual host of a proxy stands for: at a gateway those of all Gateways of the world.</summary>
    public static IReadOnlyList<TableRule> RulesFor(RequestTables tables, IstioWorld world, string proxy, string configuration, string host)
    {
        var port = long.Parse(configuration.Split('.')[^1], CultureInfo.InvariantCulture);
        if (proxy != "ingress")
            return tables.For(host, new RouteCaller(IstioWorld.NamespaceOf(proxy), world.LabelsOf(proxy), null, port)).Rules;
        return [.. world.Gateways.SelectMany(g => tables.For(host, new RouteCaller(null, default, g, port)).Rules)];
    }

    private void Compare(string where, RequestTables tables, IstioWorld world, string proxy, (string Configuration, JsonElement Host) at)
    {
        var name = at.Host.GetProperty("domains")[0].GetString()!;
        var expected = at.Host.GetProperty("routes").EnumerateArray().Where(r => !IsPlain(r)).Select(RouteText.OfFact).ToList();
        var found = RulesFor(tables, world, proxy, at.Configuration, name).Select(r => RouteText.Of(r, tables.World)).ToList();
        Compared++;
        if (!found.SequenceEqual(expected))
            Differing.Add(
                $"{where} {at.Configuration} {name}\n  found\n    {string.Join("\n    ", found)}\n  Istio\n    {string.Join("\n    ", expected)}"
            );
    }

    /// <summary>What a service has by itself.</summary>
    private static bool IsPlain(JsonElement route) => !route.TryGetProperty("rule", out _);
}
