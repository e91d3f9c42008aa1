using System.Globalization;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>What the policies would add to one object.</summary>
/// <param name="Additions">Each to a map of <see cref="Document.Root"/> as it was read, no two of the same key.</param>
internal sealed record Repair(Document Document, IReadOnlyList<Edit.Addition> Additions)
{
    /// <summary>
    /// From a patch, whose additions apply one after the other and so may go into what an earlier one has added: these become one.
    /// </summary>
    public static Repair Of(Document document, IReadOnlyList<Edit.Addition> patch)
    {
        var additions = new List<Edit.Addition>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var maps = new Dictionary<string, Node>(StringComparer.Ordinal);
        AddMaps(document.Root, "", maps);
        foreach (var addition in patch)
        {
            var path = addition.Path.ToString();
            if (Within(known, path) is not { } earlier)
            {
                known.Add(path, additions.Count);
                additions.Add(addition with { Map = maps[path[..path.LastIndexOf('/')]] });
                continue;
            }
            var before = additions[known[earlier]];
            var value = Node.Parse(before.Json);
            var leaf = new Edit(value, [new Edit.Leaf(path[(earlier.Length + 1)..], addition.Json)]);
            additions[known[earlier]] = before with { Json = Edit.Apply(value, leaf.Additions(value)).ToString() };
        }
        return new Repair(document, additions);
    }

    /// <summary>By their paths: to look each up from the root would cost as much as the list that it stands in is long.</summary>
    private static void AddMaps(Node node, string path, Dictionary<string, Node> maps)
    {
        if (node.IsObject)
            maps[path] = node;
        foreach (var entry in node.Entries)
            AddMaps(entry.Value, path + Pointer.Root.Append(entry.Name), maps);
        var index = 0;
        foreach (var item in node.Items)
            AddMaps(item, string.Create(CultureInfo.InvariantCulture, $"{path}/{index++}"), maps);
    }

    /// <summary>The longest of the known paths that this one goes on from.</summary>
    private static string? Within(Dictionary<string, int> known, string path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (known.ContainsKey(path[..end]))
                return path[..end];
        }
        return null;
    }
}

/// <summary>An addition that is not written, and why.</summary>
internal sealed record Unwritten(Document Document, Edit.Addition Addition, string Reason);
