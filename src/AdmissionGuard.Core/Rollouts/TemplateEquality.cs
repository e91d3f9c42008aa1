using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// Whether two pod templates are one version: the API server fills in defaults in a ReplicaSet, and Argo adds its hash, ephemeral metadata and
/// anti-affinity there (docs/facts/argo-rollouts.md#revisions).
/// </summary>
internal static class TemplateEquality
{
    /// <summary>Kubernetes' defaults of a pod template, by key (k8s.io/kubernetes pkg/apis/core/v1/defaults.go).</summary>
    private static readonly Dictionary<string, string[]> Defaults = new(StringComparer.Ordinal)
    {
        ["terminationMessagePath"] = ["/dev/termination-log"],
        ["terminationMessagePolicy"] = ["File"],
        ["dnsPolicy"] = ["ClusterFirst"],
        ["restartPolicy"] = ["Always"],
        ["schedulerName"] = ["default-scheduler"],
        ["terminationGracePeriodSeconds"] = ["30"],
        ["imagePullPolicy"] = ["IfNotPresent", "Always"],
        ["protocol"] = ["TCP"],
        ["failureThreshold"] = ["3"],
        ["periodSeconds"] = ["10"],
        ["successThreshold"] = ["1"],
        ["timeoutSeconds"] = ["1"],
        ["scheme"] = ["HTTP"],
        ["defaultMode"] = ["420"],
        ["expirationSeconds"] = ["3600"],
        ["apiVersion"] = ["v1"],
        ["divisor"] = ["0"],
        ["path"] = ["/"],
        ["procMount"] = ["Default"],
        ["serviceAccount"] = [],
    };

    /// <param name="old">The Rollout before, and <paramref name="now"/> after: what both say of ephemeral metadata is no part of a version.</param>
    public static bool AreSame(Node old, Node now, Node one, Node other)
    {
        var ephemeral = new HashSet<string>(StringComparer.Ordinal) { StoredVersions.HashLabel };
        var addsAffinity = false;
        foreach (var rollout in (Node[])[old, now])
        {
            foreach (var (strategy, kinds) in Metadata)
            {
                var map = rollout["spec"u8]["strategy"u8][strategy];
                addsAffinity |= map["antiAffinity"u8].Exists;
                foreach (var kind in kinds)
                {
                    foreach (var part in (string[])["labels", "annotations"])
                    {
                        foreach (var entry in map[kind][part].Entries)
                            ephemeral.Add(entry.Name);
                    }
                }
            }
        }
        return Metas.All(m => Maps(one["metadata"u8][m], other["metadata"u8][m], ephemeral.Contains))
            && Maps(one["spec"u8], other["spec"u8], key => addsAffinity && key == "affinity");
    }

    private static readonly string[] Metas = ["labels", "annotations"];

    private static readonly (string, string[])[] Metadata =
    [
        ("canary", ["canaryMetadata", "stableMetadata"]),
        ("blueGreen", ["activeMetadata", "previewMetadata"]),
    ];

    private static bool Maps(Node one, Node other, Predicate<string> isLeftOut)
    {
        foreach (var entry in one.Entries)
        {
            if (!isLeftOut(entry.Name) && !Values(entry.Name, entry.Value, other[entry.Name]))
                return false;
        }
        foreach (var entry in other.Entries)
        {
            if (!isLeftOut(entry.Name) && !one[entry.Name].Exists && !Values(entry.Name, default, entry.Value))
                return false;
        }
        return true;
    }

    private static bool Values(string key, Node one, Node other)
    {
        if (!one.Exists || !other.Exists)
            return IsDefault(key, one.Exists ? one : other);
        if (one.IsObject && other.IsObject)
            return key is "limits" or "requests" ? Quantified(one, other) : Maps(one, other, _ => false);
        if (one.IsArray && other.IsArray)
            return one.Count == other.Count && one.Items.Zip(other.Items).All(p => Values("", p.First, p.Second));
        return one.SameAs(other);
    }

    private static bool IsDefault(string key, Node value)
    {
        if (!value.Exists)
            return true;
        if (value.IsObject)
            return value.Entries.All(e => IsDefault(e.Name, e.Value));
        if (value.IsArray)
            return value.Count == 0;
        if (value.Kind == JsonValueKind.False || value.Text is "")
            return true;
        return Defaults.TryGetValue(key, out var known)
            && (known.Length == 0 || known.Contains(value.Text ?? value.ToString(), StringComparer.Ordinal));
    }

    /// <summary><c>0.5</c> is stored as <c>500m</c>.</summary>
    private static bool Quantified(Node one, Node other) =>
        one.EntryCount == other.EntryCount && one.Entries.All(e => Quantity(e.Value) is { } amount && amount == Quantity(other[e.Name]));

    private static double? Quantity(Node node) => Quantities.TryParse(node.Text ?? node.ToString(), out var value) ? value : null;
}
