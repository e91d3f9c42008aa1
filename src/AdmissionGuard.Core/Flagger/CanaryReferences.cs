using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// What a Canary names, and what Flagger makes and writes in its name: all in its namespace (docs/facts/flagger.md#generated-objects).
/// </summary>
internal sealed class CanaryReferences(Node spec, string @namespace)
{
    /// <summary>The workload whose changes are released; null where it cannot be read.</summary>
    public ObjectKey? Target => Workload.Named(spec["targetRef"u8], @namespace);

    /// <summary>The name that users call: the service's, or else the target's.</summary>
    public string? Apex
    {
        get
        {
            if (spec["service"u8]["name"u8].Text is { Length: > 0 } name)
                return name;
            if (spec["targetRef"u8]["name"u8].Text is { Length: > 0 } target)
                return target;
            return null;
        }
    }

    /// <summary>The apex first.</summary>
    public IEnumerable<ObjectKey> Services => Named(ObjectKind.Service, "", "-primary", "-canary");

    /// <summary>What it writes where Istio is the provider, which it may be where none is named.</summary>
    public IEnumerable<ObjectKey> MeshObjects =>
        IsIstio ? Named(ObjectKind.VirtualService, "").Concat(Named(ObjectKind.DestinationRule, "-primary", "-canary")) : [];

    public bool IsIstio => spec["provider"u8].Text is null or "" or "istio";

    public IEnumerable<ObjectKey> All => Target is { } target ? Services.Concat(MeshObjects).Append(target) : Services.Concat(MeshObjects);

    private IEnumerable<ObjectKey> Named(ObjectKind kind, params string[] ends)
    {
        if (Apex is not { } apex)
            yield break;
        foreach (var end in ends)
            yield return new ObjectKey(kind, @namespace, apex + end);
    }

    /// <summary>The Canary of which Flagger made an object, as texts show it; null where it is another's. Owners are of the same namespace.</summary>
    public static string? OwnerOf(Node root)
    {
        foreach (var item in root["metadata"u8]["ownerReferences"u8].Items)
        {
            var owner = item;
            if (
                ObjectKind.Of(owner["apiVersion"u8].Text, owner["kind"u8].Text) == ObjectKind.Canary
                && owner["controller"u8].Kind == System.Text.Json.JsonValueKind.True
            )
            {
                return $"{ObjectKind.Canary} {Shown.Clip(owner["name"u8].Text ?? "", 100)}";
            }
        }
        return null;
    }
}
