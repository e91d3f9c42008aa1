using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>The objects of a case of <c>tests/oracle/istio</c> that Istio stores, with its MeshConfig.</summary>
internal sealed class IstioWorld
{
    private IstioWorld(string id, IReadOnlyList<(ObjectKey Key, Node Root)> objects, WorldSnapshot world, JsonElement facts, JsonElement proxies)
    {
        Id = id;
        Objects = objects;
        World = world;
        Facts = facts;
        Proxies = proxies;
    }

    public string Id { get; }

    public IReadOnlyList<(ObjectKey Key, Node Root)> Objects { get; }

    public WorldSnapshot World { get; }

    public JsonElement Facts { get; }

    /// <summary>Who asks: <c>name</c>, <c>namespace</c>, <c>labels</c>.</summary>
    public JsonElement Proxies { get; }

    /// <summary>The gateways of the world, as a caller of a table names them.</summary>
    public IReadOnlyList<string> Gateways { get; private init; } = [];

    public static string NamespaceOf(string proxy) => proxy.StartsWith("in-shop", StringComparison.Ordinal) ? "shop" : "web";

    /// <summary>Of the pods of a proxy; absent where the case says nothing of them.</summary>
    public Node LabelsOf(string proxy)
    {
        if (Proxies.ValueKind != JsonValueKind.Array)
            return default;
        var found = Proxies.EnumerateArray().FirstOrDefault(p => p.GetProperty("name").GetString() == proxy);
        return found.ValueKind == JsonValueKind.Object && found.TryGetProperty("labels", out var l) ? Node.Parse(l.GetRawText()) : default;
    }

    public static IstioWorld Of(JsonElement line) => Of(line, line.GetProperty("input"), line.GetProperty("facts"));

    /// <summary>The world before a change.</summary>
    public static IstioWorld OfOld(JsonElement line) => Of(line, line.GetProperty("old"), line.GetProperty("facts").GetProperty("old"));

    private static IstioWorld Of(JsonElement line, JsonElement input, JsonElement facts)
    {
        var refused = facts
            .GetProperty("objects")
            .EnumerateArray()
            .Where(o => o.TryGetProperty("errors", out _) || o.TryGetProperty("schema", out _))
            .Select(o => o.GetProperty("object").GetString())
            .ToHashSet();
        var settings = GuardSettings.Default;
        if (line.TryGetProperty("mesh", out var mesh) && Yaml(mesh.GetString()!) is [var config])
            settings = settings.InMesh(MeshConfig.Of(config.Root));
        var world = WorldSnapshot.Live.With(settings);
        var objects = new List<(ObjectKey Key, Node Root)>();
        foreach (var document in Yaml(input.GetString()!))
        {
            var name = $"{document.Kind} {document.Namespace}/{document.Name}";
            if (!refused.Contains(name) && ObjectKind.Of(document.ApiVersion, document.Kind) is { } kind)
                objects.Add((new ObjectKey(kind, document.Namespace!, document.Name!), document.Root));
        }
        world = objects.Aggregate(world, (w, o) => w.With(o.Key, o.Root));
        return new IstioWorld(line.GetProperty("id").GetString()!, objects, world, facts, line.TryGetProperty("proxies", out var p) ? p : default)
        {
            Gateways =
            [
                .. objects
                    .Where(o => o.Key.Kind.Name == "Gateway")
                    .Select(o => $"{(o.Key.Kind == ObjectKind.Gateway ? HttpRouteParents.Gateway : "")}{o.Key.Namespace}/{o.Key.Name}"),
            ],
        };
    }

    /// <summary>The object that a fact names: <c>DestinationRule shop/api</c>.</summary>
    public static ObjectKey KeyOf(string named)
    {
        var space = named.IndexOf(' ', StringComparison.Ordinal);
        var slash = named.IndexOf('/', StringComparison.Ordinal);
        var kind = ObjectKind.Of(named[..space] == "Service" ? "v1" : "networking.istio.io/v1", named[..space])!;
        return new ObjectKey(kind, named[(space + 1)..slash], named[(slash + 1)..]);
    }

    private static IReadOnlyList<Document> Yaml(string text)
    {
        var (documents, errors) = new YamlReader().Read("case", Encoding.UTF8.GetBytes(text));
        Assert.Empty(errors);
        return documents;
    }
}
