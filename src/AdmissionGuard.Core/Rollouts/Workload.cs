using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>A workload as others name it by apiVersion, kind and name: an HPA what it scales, a Rollout the Deployment that it takes over.</summary>
public static class Workload
{
    /// <summary>
    /// The one that a <c>scaleTargetRef</c> or <c>workloadRef</c> names, of a kind that need not be one of ours; null where a part of the name is
    /// missing.
    /// The version says nothing: <c>apps/v1</c> and <c>apps/v1beta2</c> are the same Deployment.
    /// </summary>
    public static ObjectKey? Named(Node reference, string @namespace)
    {
        if (
            reference["apiVersion"u8].Text is not { } version
            || reference["kind"u8].Text is not { Length: > 0 } kind
            || reference["name"u8].Text is not { Length: > 0 } name
        )
            return null;
        var slash = version.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : version[..slash];
        return new ObjectKey(ObjectKind.Find(group, kind) ?? new ObjectKind(group, kind, Plural: ""), @namespace, name);
    }
}
