using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>Turns additions to one document into changes of its text.</summary>
internal sealed class DocumentRepair
{
    private readonly ChunkText chunk;
    private readonly LayoutNode root;
    private readonly BlockMap block;
    private readonly FlowMap flow;

    public DocumentRepair(ChunkText chunk, SourceTree tree)
    {
        this.chunk = chunk;
        root = LayoutNode.RootOf(tree, chunk);
        block = new BlockMap(chunk, root);
        flow = new FlowMap(chunk, tree.IsJson);
    }

    /// <summary>All that go into one map.</summary>
    /// <param name="path">Of the map, from the document's root.</param>
    /// <exception cref="UnwritableException">They cannot be written.</exception>
    public IReadOnlyList<Splice> Splices(Pointer path, IEnumerable<Edit.Addition> additions)
    {
        var way = Way.To(path, root, chunk);
        var splices = new List<Splice>();
        var entries = new List<(string Key, Node Value)>();
        foreach (var addition in additions)
        {
            var value = Node.Parse(addition.Json);
            if (addition.Map[addition.Key].Kind == System.Text.Json.JsonValueKind.Null)
                splices.AddRange(InPlaceOfNull(way.Map, addition.Key, value));
            else
                entries.Add((addition.Key, value));
        }
        if (entries.Count > 0)
            splices.AddRange(Append(way, entries));
        return splices;
    }

    private IEnumerable<Splice> Append(in Way way, List<(string Key, Node Value)> entries)
    {
        if (!way.Map.IsFlow)
            return [block.Append(way.Map, entries)];
        return HangsOn(way) ? block.Hang(way.Parent!, way.Key!, way.Map, entries) : flow.Append(way, entries);
    }

    /// <summary>Whether this is <c>key: {}</c> in a map in block style, which then goes on in that style.</summary>
    private bool HangsOn(in Way way) =>
        way is { Key: { } key, Parent.IsFlow: false, Map: { Children: [], Anchor: null, Tag: null } map }
        && chunk.LineOf(key.Start) == chunk.LineOf(map.End)
        && chunk.Text.AsSpan(map.Start, map.End - map.Start).Trim("{ }").IsEmpty;

    private IEnumerable<Splice> InPlaceOfNull(LayoutNode map, string key, Node value)
    {
        var way = Way.To(new Pointer([new Pointer.Step(key, 0)]), map, chunk);
        var old = way.Map;
        if (!old.IsNull || old.Anchor is not null)
            throw new UnwritableException($"the null in line {chunk.LineInFile(old.Start)} has an anchor or a tag, write it by hand");
        if (!map.IsFlow && value.HasEntries)
            return block.Hang(map, way.Key!, old, value.Entries.Select(e => (e.Name, e.Value)));
        var text = map.IsFlow ? flow.Write(way, value) : Yaml.Scalar(value);
        return
        [
            old.IsBlank
                ? new Splice(BlockMap.ColonOf(way.Key!, chunk) + 1, 0, " " + text, Splice.InLine)
                : new Splice(old.Start, old.End - old.Start, text),
        ];
    }
}
