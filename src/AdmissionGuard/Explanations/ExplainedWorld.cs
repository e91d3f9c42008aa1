using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Explanations;

/// <summary>The objects of manifests, as routes are looked up in them.</summary>
internal static class ExplainedWorld
{
    public static WorldSnapshot Of(ManifestSet manifests, string defaultNamespace)
    {
        var settings = GuardSettings.Default;
        var mesh = new MeshObjects(settings);
        foreach (var document in manifests.Documents)
            mesh.Add(document.ApiVersion, document.Kind, document.Namespace ?? defaultNamespace, document.Name, document.Root);
        if (mesh.Config() is { } config)
            settings = settings.InMesh(config);
        var world = WorldSnapshot.Empty.With(settings);
        foreach (var document in manifests.Documents)
        {
            if (document is { ApiVersion: "v1", Kind: "Namespace", Name: { } space })
                world = world.WithNamespace(space, document.Root);
            if (ObjectKind.Of(document.ApiVersion, document.Kind) is { } kind && document.Name is { } name)
                world = world.With(new ObjectKey(kind, kind.IsNamespaced ? document.Namespace ?? defaultNamespace : "", name), document.Root);
        }
        return world;
    }
}
