using System.Net;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Live;

/// <summary>
/// Istio's own configuration in a cluster: the ConfigMaps of the root namespace and the image of istiod. It changes a few times a year, so it is read
/// again now and then and not watched.
/// </summary>
internal static class MeshReader
{
    /// <summary>Between two readings.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly Resource ConfigMaps = new("", "v1", "configmaps");
    private static readonly Resource Deployments = new("apps", "v1", "deployments");

    /// <summary>What is set there; the default where Istio is not installed or nothing may be read, which a notice then says.</summary>
    /// <exception cref="ApiException">The server does not answer.</exception>
    public static async Task<MeshConfig> Read(IApiServer server, GuardSettings settings, CancellationToken stop)
    {
        var objects = new MeshObjects(settings);
        var refused = new List<string>();
        foreach (var map in await ListOrGet(ConfigMaps, null, settings.Mesh.ConfigMap))
            objects.Add("v1", "ConfigMap", settings.RootNamespace, NameOf(map), map);
        foreach (var deployment in await ListOrGet(Deployments, "app=istiod", "istiod"))
            objects.Add("apps/v1", "Deployment", settings.RootNamespace, NameOf(deployment), deployment);
        var config = objects.Config() ?? MeshConfig.Unknown;
        return refused.Count == 0 ? config : config with { Notices = [.. config.Notices, .. refused] };

        // all revisions of the control plane where that is granted, else the one with the usual name
        async Task<IReadOnlyList<Node>> ListOrGet(Resource resource, string? labels, string name)
        {
            try
            {
                return (await server.List(resource, stop, settings.RootNamespace, labels)).Items;
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                return [];
            }
            catch (ApiException e) when (e.Status == HttpStatusCode.Forbidden)
            {
                return await Get(resource, name);
            }
        }

        async Task<IReadOnlyList<Node>> Get(Resource resource, string name)
        {
            try
            {
                var found = await server.Get(resource, settings.RootNamespace, name, stop);
                return found.Exists ? [found] : [];
            }
            catch (ApiException e) when (e.Status == HttpStatusCode.Forbidden)
            {
                refused.Add(
                    $"{resource.Plural} {name} of namespace {settings.RootNamespace} may not be read, so Istio's defaults are assumed: "
                        + "grant it, or set "
                        + "spec.mesh in the GuardSettings"
                );
                return [];
            }
        }
    }

    private static string? NameOf(Node root) => root["metadata"u8]["name"u8].Text;
}
