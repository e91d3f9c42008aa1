using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests;

/// <summary>
/// The entries of a map as kubectl sees them: keys as texts, merge keys applied, a key written twice refused. Works as a stack, so that the maps
/// within
/// a map need no lists of their own.
/// </summary>
internal sealed class YamlMaps(SourceTree tree)
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

    public static YamlScalar Read(in SourceNode node)
    {
        try
        {
            return YamlScalar.Read(node.Text!, node.Tag, node.Plain);
        }
        catch (FormatException e)
        {
            throw new RefusedException(node.At.Line, node.At.Column, e.Message);
        }
    }

    /// <summary>
    /// In the order of the text, the later one winning: a merge after a key replaces it, as go-yaml v2 has it (and YAML itself has not).
    /// </summary>
    private void Add(int map, bool merged, int depth)
    {
        var end = tree[map].Next;
        for (int key = map + 1, value; key < end; key = tree[value].Next)
        {
            value = tree[key].Next;
            if (++gathered > Limits.Nodes)
                throw Refuse(key, $"more than {Limits.Nodes:N0} keys, those of merged maps counted each time");
            if (IsMerge(tree[key]))
                Merge(tree.Resolve(value), key, depth + 1);
            else
                Put(new Entry(KeyOf(key), key, value, merged));
        }
    }

    /// <summary>One map, or a list of maps of which the first wins.</summary>
    private void Merge(int source, int key, int depth)
    {
        if (depth > Limits.Depth)
            throw Refuse(key, $"more than {Limits.Depth} merges within each other");
        if (tree[source].Is == SourceNode.Shape.Map)
        {
            Add(source, merged: true, depth);
            return;
        }
        if (tree[source].Is != SourceNode.Shape.List)
            throw Refuse(key, "<< takes a map or a list of maps");
        var maps = new List<int>();
        for (var i = source + 1; i < tree[source].Next; i = tree[i].Next)
        {
            var map = tree.Resolve(i);
            if (tree[map].Is != SourceNode.Shape.Map)
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
                tree[tree.Resolve(entry.KeyNode)].Text == entry.Key
                    ? ""
                    : $" (written {YamlScalar.Shorten(tree[tree.Resolve(entry.KeyNode)].Text!)})";
            throw Refuse(
                entry.KeyNode,
                $"the key \"{YamlScalar.Shorten(entry.Key)}\"{written} is there twice, first in line {tree[earlier.KeyNode].At.Line}"
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
        ref readonly var node = ref tree[tree.Resolve(key)];
        if (node.Is != SourceNode.Shape.Scalar)
            throw Refuse(key, "a key must be a text, this one is a map or a list");
        if (node.Tag is null && !node.Plain)
            return node.Text!;
        try
        {
            return Read(node).Key;
        }
        catch (FormatException e)
        {
            throw Refuse(key, e.Message);
        }
    }

    private static bool IsMerge(in SourceNode key) =>
        key.Is == SourceNode.Shape.Scalar && key.Text == "<<" && ((key.Plain && key.Tag is null) || key.Tag == MergeTag);

    private RefusedException Refuse(int node, string message) => new(tree[node].At.Line, tree[node].At.Column, message);
}
