using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests;

/// <summary>The files that a kustomization.yaml names as patches: half objects, which only kustomize makes whole.</summary>
internal static class Kustomization
{
    /// <summary>Full paths. The old <c>patchesStrategicMerge</c> may also hold the patch itself, which no file is called.</summary>
    public static IEnumerable<string> Patches(Node kustomization, string folder)
    {
        foreach (var path in Named(kustomization))
        {
            if (!path.Contains('\n', StringComparison.Ordinal))
                yield return Path.GetFullPath(Path.Join(folder, path));
        }
    }

    private static IEnumerable<string> Named(Node kustomization)
    {
        foreach (var patch in kustomization["patches"].Items.Concat(kustomization["patchesJson6902"].Items))
        {
            if (patch["path"].Text is { } path)
                yield return path;
        }
        foreach (var patch in kustomization["patchesStrategicMerge"].Items)
        {
            if (patch.Text is { } path)
                yield return path;
        }
    }
}
