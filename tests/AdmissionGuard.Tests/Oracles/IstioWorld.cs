using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>The objects of a case of <c>tests/oracle/istio</c> that Istio stores, with its MeshConfig.</summary>
internal sealed class IstioWorld
{
    private IstioWorld(string id, WorldSnapshot world, JsonElement facts, JsonElement proxies)
    {
        Id = id;
        World = world;
        Facts = facts;
        Proxies = proxies;
    }

    public string Id { get; }

    public WorldSnapshot World { get; }

    public JsonElement Facts { get; }

    /// <summary>Who asks: <c>name</c>, <c>namespace</c>, <c>labels</c>.</summary>
    public JsonElement Proxies { get; }

    public static IstioWorld Of(JsonElement line)
    {
        var facts = line.GetProperty("facts");
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
        foreach (var document in Yaml(line.GetProperty("input").GetString()!))
        {
            var name = $"{document.Kind} {document.Namespace}/{document.Name}";
            if (!refused.Contains(name) && ObjectKind.Of(document.ApiVersion, document.Kind) is { } kind)
                world = world.With(new ObjectKey(kind, document.Namespace!, document.Name!), document.Root);
        }
        return new IstioWorld(line.GetProperty("id").GetString()!, world, facts, line.GetProperty("proxies"));
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
