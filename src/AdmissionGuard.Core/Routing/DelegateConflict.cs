using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>
/// Whether an entry of a delegate goes with one of its root: Istio drops a delegate's route of which no entry does
/// (docs/facts/istio.md#delegates; pilot/pkg/model/virtualservice.go, hasConflict).
/// </summary>
internal static class DelegateConflict
{
    private static readonly string[] Texts = ["uri", "scheme", "method", "authority"];
    private static readonly string[] Maps = ["headers", "withoutHeaders", "queryParams"];

    /// <summary>Whether some entry of a delegate's route goes with no entry of the root's: then Istio drops that route.</summary>
    public static bool OfAll(Node root, Node leaf) => leaf.Items.Any(l => root.Items.All(r => Between(r, l)));

    public static bool Between(Node root, Node leaf)
    {
        foreach (var field in Texts)
        {
            if (IsConflict(root[field], leaf[field]))
                return true;
        }
        foreach (var map in Maps)
        {
            foreach (var entry in leaf[map].Entries)
            {
                if (IsConflict(root[map][entry.Name], entry.Value))
                    return true;
            }
        }
        return IsTrue(root["ignoreUriCase"u8]) != IsTrue(leaf["ignoreUriCase"u8]) || AreOtherCallers(root, leaf);
    }

    private static bool AreOtherCallers(Node root, Node leaf)
    {
        if (root["port"u8].Exists && leaf["port"u8].Exists && !root["port"u8].SameAs(leaf["port"u8]))
            return true;
        if (root["sourceNamespace"u8].Text is { Length: > 0 } source && leaf["sourceNamespace"u8].Text != source)
            return true;
        foreach (var label in leaf["sourceLabels"u8].Entries)
        {
            if (root["sourceLabels"u8][label.Name] is { Exists: true } other && !other.SameAs(label.Value))
                return true;
        }
        var gateways = root["gateways"u8];
        if (gateways.Count == 0 || leaf["gateways"u8].Count == 0)
            return false;
        return gateways.Count < leaf["gateways"u8].Count || leaf["gateways"u8].Items.Any(g => !gateways.Items.Any(r => r.Text == g.Text));
    }

    /// <summary>As Istio compares them: an empty text is taken for none, and what is of no kind conflicts with everything.</summary>
    private static bool IsConflict(Node root, Node leaf)
    {
        if (!root.Exists || !leaf.Exists)
            return false;
        var (wide, narrow) = (new Written(root), new Written(leaf));
        if ((wide.Regex.Length > 0 && narrow.IsAny) || (narrow.Regex.Length > 0 && wide.IsAny))
            return true;
        if (wide.Exact.Length > 0)
            return narrow.Prefix.Length > 0 || narrow.Exact != wide.Exact;
        if (wide.Prefix.Length == 0)
            return true;
        if (narrow.Prefix.Length > 0)
            return !narrow.Prefix.StartsWith(wide.Prefix, StringComparison.Ordinal);
        return narrow.Exact.Length == 0 || !narrow.Exact.StartsWith(wide.Prefix, StringComparison.Ordinal);
    }

    private static bool IsTrue(Node node) => node.Kind == System.Text.Json.JsonValueKind.True;

    private readonly struct Written(Node match)
    {
        public string Exact { get; } = match["exact"u8].Text ?? "";

        public string Prefix { get; } = match["prefix"u8].Text ?? "";

        public string Regex { get; } = match["regex"u8].Text ?? "";

        public bool IsAny => Exact.Length + Prefix.Length + Regex.Length > 0;
    }
}
