using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests;

/// <summary>
/// The entries of a map as kubectl sees them: keys as texts, merge keys applied, a key written twice refused. Works as a stack, so that the maps
/// within
/// a map need no lists of their own.
/// </summary>
internal sealed class YamlMaps(YamlTape tape)
{
    internal readonly record struct Entry(string Key, int KeyNode, int Value, bool Merged);

    private const string MergeTag = "tag:yaml.org,2002:merge";
    private const int FewKeys = 16;

    private readonly List<Entry> entries = [];
    private Dictionary<string, int>? index;
    private int bottom;
    private int gathered;

    public Entry this[int index] => entries[index];

    public void Clear()
    {
        entries.Clear();
        gathered = 0;
    }

    /// <summary>Puts a map's entries on the stack and says where they lie; <see cref="Release"/> takes them off.</summary>
    public (int From, int To) Gather(int map)
    {
        var from = bottom = entries.Count;
        index = null;
        Add(map, merged: false, depth: 0);
        return (from, entries.Count);
    }

    public void Release(int from) => entries.RemoveRange(from, entries.Count - from);

    public static YamlScalar Read(in YamlTape.Piece piece)
    {
        try
        {
            return YamlScalar.Read(piece.Text!, piece.Tag, piece.Plain);
        }
        catch (FormatException e)
        {
            throw new RefusedException(piece.At.Line, piece.At.Column, e.Message);
        }
    }

    /// <summary>
    /// In the order of the text, the later one winning: a merge after a key replaces it, as go-yaml v2 has it (and YAML itself has not).
    /// </summary>
    private void Add(int map, bool merged, int depth)
    {
        var end = tape[map].Next;
        for (int key = map + 1, value; key < end; key = tape[value].Next)
        {
            value = tape[key].Next;
            if (++gathered > Limits.Nodes)
                throw Refuse(key, $"more than {Limits.Nodes:N0} keys, those of merged maps counted each time");
            if (IsMerge(tape[key]))
                Merge(tape.Resolve(value), key, depth + 1);
            else
                Put(new Entry(KeyOf(key), key, value, merged));
        }
    }

    /// <summary>One map, or a list of maps of which the first wins.</summary>
    private void Merge(int source, int key, int depth)
    {
        if (depth > Limits.Depth)
            throw Refuse(key, $"more than {Limits.Depth} merges within each other");
        if (tape[source].Shape == YamlTape.Shape.Map)
        {
            Add(source, merged: true, depth);
            return;
        }
        if (tape[source].Shape != YamlTape.Shape.List)
            throw Refuse(key, "<< takes a map or a list of maps");
        var maps = new List<int>();
        for (var i = source + 1; i < tape[source].Next; i = tape[i].Next)
        {
            var map = tape.Resolve(i);
            if (tape[map].Shape != YamlTape.Shape.Map)
                throw Refuse(i, "<< takes a map or a list of maps");
            maps.Add(map);
        }
        for (var i = maps.Count - 1; i >= 0; i--)
            Add(maps[i], merged: true, depth);
    }

    private void Put(Entry entry)
    {
        var there = Find(entry.Key);
        if (there < 0)
        {
            entries.Add(entry);
            if (index is not null)
                index.Add(entry.Key, entries.Count - 1);
            else if (entries.Count - bottom > FewKeys)
                MakeIndex();
            return;
        }
        var earlier = entries[there];
        if (!entry.Merged && !earlier.Merged)
        {
            var written =
                tape[tape.Resolve(entry.KeyNode)].Text == entry.Key
                    ? ""
                    : $" (written {YamlScalar.Shorten(tape[tape.Resolve(entry.KeyNode)].Text!)})";
            throw Refuse(
                entry.KeyNode,
                $"the key \"{YamlScalar.Shorten(entry.Key)}\"{written} is there twice, first in line {tape[earlier.KeyNode].At.Line}"
            );
        }
        entries[there] = entry with { Merged = entry.Merged && earlier.Merged };
    }

    private int Find(string key)
    {
        if (index is not null)
            return index.GetValueOrDefault(key, -1);
        for (var i = bottom; i < entries.Count; i++)
        {
            if (entries[i].Key == key)
                return i;
        }
        return -1;
    }

    private void MakeIndex()
    {
        index = new Dictionary<string, int>(FewKeys * 4);
        for (var i = bottom; i < entries.Count; i++)
            index.Add(entries[i].Key, i);
    }

    private string KeyOf(int key)
    {
        ref readonly var piece = ref tape[tape.Resolve(key)];
        if (piece.Shape != YamlTape.Shape.Scalar)
            throw Refuse(key, "a key must be a text, this one is a map or a list");
        if (piece.Tag is null && !piece.Plain)
            return piece.Text!;
        try
        {
            return Read(piece).Key;
        }
        catch (FormatException e)
        {
            throw Refuse(key, e.Message);
        }
    }

    private static bool IsMerge(in YamlTape.Piece key) =>
        key.Shape == YamlTape.Shape.Scalar && key.Text == "<<" && ((key.Plain && key.Tag is null) || key.Tag == MergeTag);

    private RefusedException Refuse(int node, string message) => new(tape[node].At.Line, tape[node].At.Column, message);
}
