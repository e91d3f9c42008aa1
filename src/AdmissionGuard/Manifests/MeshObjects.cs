using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Manifests;

/// <summary>
/// Istio's own configuration, found among objects of the root namespace: MeshConfig in its ConfigMaps, the version in the image of istiod
/// (docs/facts/istio.md#mesh-config).
/// </summary>
internal sealed class MeshObjects(GuardSettings settings)
{
    /// <summary>The label of istiod's Deployments, of every revision.</summary>
    public const string DeploymentLabel = "istiod";

    private const string Key = "mesh";

    private readonly SortedDictionary<string, Node> configs = new(StringComparer.Ordinal);
    private readonly SortedSet<string> images = new(StringComparer.Ordinal);
    private readonly List<string> notices = [];

    /// <summary>Takes an object into account; every other one is of no interest.</summary>
    public void Add(string? apiVersion, string? kind, string? @namespace, string? name, Node root)
    {
        if (@namespace != settings.RootNamespace || name is null)
            return;
        if (apiVersion == "v1" && kind == "ConfigMap" && IsConfig(name) && root["data"u8][Key].Text is { } yaml)
            AddConfig(name, yaml);
        else if (apiVersion == "apps/v1" && kind == "Deployment" && root["metadata"u8]["labels"u8]["app"u8].IsText("istiod"u8))
            AddImage(root);
    }

    /// <summary>What they say together; null where there is none of them.</summary>
    public MeshConfig? Config()
    {
        if (configs.Count == 0 && images.Count == 0 && notices.Count == 0)
            return null;
        var config = MeshConfig.Of(configs.Count > 1 ? Agreed() : configs.Values.FirstOrDefault());
        var versions = images.Select(IstioVersion.Parse).OfType<IstioVersion>().Distinct().ToList();
        if (versions.Count > 1)
            notices.Add($"istiod runs in {versions.Count} versions ({string.Join(", ", versions)}): none of them is assumed");
        return config with { Version = versions.Count == 1 ? versions[0] : null, Notices = notices };
    }

    private bool IsConfig(string name) =>
        name == settings.Mesh.ConfigMap
        || (settings.Mesh.ConfigMap == MeshConfig.UsualConfigMap && name.StartsWith(MeshConfig.UsualConfigMap + "-", StringComparison.Ordinal));

    private void AddConfig(string name, string yaml)
    {
        var (documents, errors) = new YamlReader().Read(name, Encoding.UTF8.GetBytes(yaml));
        if (errors.Count > 0)
            notices.Add(
                $"ConfigMap {name} in namespace {settings.RootNamespace}: mesh is not YAML ({errors[0].Message}), Istio's defaults are assumed"
            );
        else
            configs[name] = documents.Count > 0 ? documents[0].Root : default;
    }

    private void AddImage(Node deployment)
    {
        foreach (var container in deployment["spec"u8]["template"u8]["spec"u8]["containers"u8].Items)
        {
            if (
                container["image"u8].Text is { } image
                && image.LastIndexOf(':') is > 0 and var colon
                && !image[colon..].Contains('/', StringComparison.Ordinal)
            )
                images.Add(image[(colon + 1)..].Split('@')[0]);
        }
    }

    /// <summary>Revisions of a control plane that differ: what is the same in all of them.</summary>
    private Node Agreed()
    {
        var all = configs.Values.ToList();
        var kept = new StringBuilder("{");
        var differing = new List<string>();
        foreach (var key in all.SelectMany(c => c.Entries.Select(e => e.Name)).Distinct(StringComparer.Ordinal))
        {
            if (!all.TrueForAll(c => c[key].SameAs(all[0][key])))
                differing.Add(key);
            else
                kept.Append(kept.Length > 1 ? "," : "").Append(Yaml.Quote(key)).Append(':').Append(all[0][key]);
        }
        if (differing.Count > 0)
            notices.Add(
                $"the ConfigMaps {string.Join(", ", configs.Keys)} in namespace {settings.RootNamespace} differ in "
                    + $"{string.Join(", ", differing.Take(5))}: "
                    + "only what they agree on is used"
            );
        return Node.Parse(kept.Append('}').ToString());
    }
}
