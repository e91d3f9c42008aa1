using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Policies;

/// <summary>A document with something foolish in each of its places, one after the other.</summary>
internal static class Junk
{
    private static readonly string[] Values =
    [
        "null",
        "1",
        "-1",
        "1e300",
        "\"x\"",
        "\"\"",
        "\"*\"",
        "[]",
        "{}",
        "[null]",
        "[[1]]",
        "[{}]",
        "true",
        "{\"a\":[]}",
    ];

    public static IEnumerable<Node> In(Node root)
    {
        foreach (var node in Below(root))
        {
            foreach (var value in Values)
                yield return Replace(root, node, value);
        }
    }

    private static IEnumerable<Node> Below(Node node)
    {
        foreach (var child in node.Entries.Select(e => e.Value).Concat(node.Items.Select(i => i)))
        {
            yield return child;
            foreach (var deeper in Below(child))
                yield return deeper;
        }
    }

    private static Node Replace(Node root, Node node, string json)
    {
        var offset = node.OffsetIn(root);
        return Node.Parse((byte[])[.. root.Raw[..offset], .. System.Text.Encoding.UTF8.GetBytes(json), .. root.Raw[(offset + node.Raw.Length)..]]);
    }
}
