namespace AdmissionGuard.Core.Json;

/// <summary>Values by the names of a map's entries, found without making a string of a name. Made once, read by any thread.</summary>
internal sealed class NameTable<T>
{
    private readonly (string Name, T Value)[] all;
    private readonly byte[][] names;

    /// <summary>By <see cref="Bucket"/>: the first name there; -1 where there is none. A name's follower in its bucket stands in next.</summary>
    private readonly short[] first;
    private readonly short[] next;

    public NameTable(IEnumerable<(string Name, T Value)> values)
    {
        all = [.. values];
        names = [.. all.Select(v => System.Text.Encoding.UTF8.GetBytes(v.Name))];
        first = new short[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(all.Length * 2) | 1)];
        next = new short[all.Length];
        Array.Fill(first, (short)-1);
        for (var i = all.Length - 1; i >= 0; i--)
        {
            ref var bucket = ref first[Bucket(names[i])];
            next[i] = bucket;
            bucket = (short)i;
        }
    }

    public int Count => all.Length;

    public (string Name, T Value) this[int index] => all[index];

    public IEnumerable<(string Name, T Value)> All => all;

    /// <summary>The index of a name in <see cref="All"/>; -1 where it is not one of them.</summary>
    public int IndexOf(NodeMap.Entry entry)
    {
        var raw = entry.RawName;
        return raw.Contains((byte)'\\') ? IndexOf(System.Text.Encoding.UTF8.GetBytes(entry.Name)) : IndexOf(raw);
    }

    public bool TryFind(NodeMap.Entry entry, out (string Name, T Value) found)
    {
        var index = IndexOf(entry);
        found = index < 0 ? default : all[index];
        return index >= 0;
    }

    /// <summary>One bit for each of some names, by its index; no map of ours has more than 64.</summary>
    public ulong Bits(IEnumerable<string> of)
    {
        ulong bits = 0;
        foreach (var name in of)
        {
            var index = Array.FindIndex(all, v => v.Name == name);
            bits |= index >= 0 ? Bit(index) : throw new ArgumentException($"{name} is not in the table", nameof(of));
        }
        return bits;
    }

    public static ulong Bit(int index) => index < 64 ? 1ul << index : 0;

    /// <summary>The names of such bits.</summary>
    public IEnumerable<string> Named(ulong bits)
    {
        if (bits == 0)
            return [];
        return all.Where((_, i) => (bits & Bit(i)) != 0).Select(v => v.Name);
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = first[Bucket(name)]; i >= 0; i = next[i])
        {
            if (name.SequenceEqual(names[i]))
                return i;
        }
        return -1;
    }

    private int Bucket(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
            return 0;
        var hash = (uint)(name.Length * 31 + name[0] * 7 + name[^1] * 131 + name[name.Length / 2] * 1009);
        return (int)((hash ^ (hash >> 7)) & (uint)(first.Length - 1));
    }
}
