using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>Values by the names of a map's entries, found without making a string of a name.</summary>
internal sealed class NameTable<T>
{
    /// <summary>Bytes of a name that is looked up so; no field of ours is longer.</summary>
    private const int Longest = 64;

    private readonly FrozenDictionary<string, (string Name, T Value)> values;
    private readonly FrozenDictionary<string, (string Name, T Value)>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    public NameTable(IEnumerable<(string Name, T Value)> values)
    {
        this.values = values.ToFrozenDictionary(v => v.Name, StringComparer.Ordinal);
        bySpan = this.values.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => values.Count;

    public IEnumerable<(string Name, T Value)> All => values.Values;

    public bool TryFind(JsonProperty entry, out (string Name, T Value) found)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(entry);
        if (raw.Length > Longest || raw.Contains((byte)'\\'))
            return values.TryGetValue(entry.Name, out found);
        Span<char> name = stackalloc char[Longest];
        return bySpan.TryGetValue(name[..Encoding.UTF8.GetChars(raw, name)], out found);
    }
}
