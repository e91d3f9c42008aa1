using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>Whether two values hold the same content, whatever the spacing, the order of keys, and how a text or number is written.</summary>
internal static class NodeEquality
{
    public static bool Of(Node one, Node other)
    {
        if (one.Kind != other.Kind)
            return false;
        return one.Kind switch
        {
            JsonValueKind.Object => SameEntries(one, other),
            JsonValueKind.Array => SameItems(one, other),
            JsonValueKind.String => one.Raw.SequenceEqual(other.Raw) || one.Text == other.Text,
            JsonValueKind.Number => one.Raw.SequenceEqual(other.Raw) || SameNumber(one, other),
            _ => true,
        };
    }

    /// <summary>Entries mostly come in the same order; a look-up is for those that do not. Of several with one key the last counts.</summary>
    private static bool SameEntries(Node one, Node other)
    {
        var inOrder = other.Entries.GetEnumerator();
        Dictionary<string, Node>? byName = null;
        var names = 0;
        foreach (var entry in one.Entries)
        {
            names++;
            if (byName is null && inOrder.MoveNext() && inOrder.Current.RawName.SequenceEqual(entry.RawName))
            {
                if (!Of(entry.Value, inOrder.Current.Value))
                    return false;
                continue;
            }
            byName ??= ByName(other);
            if (!byName.TryGetValue(entry.Name, out var twin) || !Of(entry.Value, twin))
                return false;
        }
        return byName is null ? !inOrder.MoveNext() : names == byName.Count;
    }

    private static Dictionary<string, Node> ByName(Node map)
    {
        var byName = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var entry in map.Entries)
            byName[entry.Name] = entry.Value;
        return byName;
    }

    private static bool SameItems(Node one, Node other)
    {
        if (one.Count != other.Count)
            return false;
        var others = other.Items.GetEnumerator();
        foreach (var item in one.Items)
        {
            if (!others.MoveNext() || !Of(item, others.Current))
                return false;
        }
        return true;
    }

    /// <summary>To the last digit: 1.0 is 1, and no digit is lost to rounding.</summary>
    private static bool SameNumber(Node one, Node other)
    {
        using var first = JsonDocument.Parse(one.ToString());
        using var second = JsonDocument.Parse(other.ToString());
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }
}
