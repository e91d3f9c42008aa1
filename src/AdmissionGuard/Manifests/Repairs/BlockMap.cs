using System.Text;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>Entries of maps in block style: each on lines of its own, its value below it, deeper by the step that the document uses.</summary>
internal sealed class BlockMap(ChunkText chunk, LayoutNode root)
{
    private const int UsualStep = 2;

    private int? step;

    private int Step => step ??= MostUsedStep();

    /// <summary>Behind the last entry of a map.</summary>
    public Splice Append(LayoutNode map, IEnumerable<(string Key, Node Value)> entries)
    {
        var column = ColumnOf(map);
        return Below(map.End, column, column, LastText(map), entries);
    }

    /// <summary>
    /// The value of a key that has none, or an empty one, in a map in block style; everything behind its colon up to the value's end goes away.
    /// </summary>
    public IEnumerable<Splice> Hang(LayoutNode map, LayoutNode key, LayoutNode value, IEnumerable<(string Key, Node Value)> entries)
    {
        var colon = ColonOf(key, chunk);
        var column = ColumnOf(map);
        if (value.End > colon + 1)
            yield return new Splice(colon + 1, value.End - colon - 1, "");
        yield return Below(Math.Max(value.End, colon + 1), column, column + Step, null, entries);
    }

    /// <summary>Where the colon stands that follows a key.</summary>
    public static int ColonOf(LayoutNode key, ChunkText chunk)
    {
        var at = key.End;
        while (at < chunk.Text.Length && chunk.Text[at] is ' ' or '\t')
            at++;
        return at < chunk.Text.Length && chunk.Text[at] == ':'
            ? at
            : throw new UnwritableException($"the key in line {chunk.LineInFile(key.Start)} stands apart from its colon, write it by hand");
    }

    /// <param name="column">Of the entry that the lines follow; its comments are indented deeper.</param>
    private Splice Below(int end, int column, int indent, LayoutNode? lastText, IEnumerable<(string Key, Node Value)> entries)
    {
        var at = chunk.Behind(end, column);
        var lines = new StringBuilder();
        foreach (var (key, value) in entries)
            Write(lines, key, value, indent);
        if (at < chunk.Text.Length || chunk.Text.EndsWith('\n'))
            return new Splice(at, 0, lines.ToString(), indent);
        if (lastText is not null)
            throw new UnwritableException(
                $"the text that ends in line {chunk.LineInFile(at)} would gain the line break that the file lacks at its end"
            );
        return new Splice(at, 0, chunk.EndOfLine + lines.ToString(0, lines.Length - chunk.EndOfLine.Length), indent);
    }

    private void Write(StringBuilder lines, string key, Node value, int indent)
    {
        lines.Append(' ', indent).Append(Yaml.Key(key)).Append(':');
        var isMap = value.HasEntries;
        if (!isMap)
            lines.Append(' ').Append(Yaml.Scalar(value));
        lines.Append(chunk.EndOfLine);
        foreach (var entry in value.Entries)
            Write(lines, entry.Name, entry.Value, indent + Step);
    }

    private int ColumnOf(LayoutNode map)
    {
        var before = chunk.Before(map.Children[0].Start);
        if (before.Contains('\t') || before.TrimEnd(' ').EndsWith('?'))
            throw new UnwritableException($"the indentation in line {chunk.LineInFile(map.Children[0].Start)} is unusual, write it by hand");
        return before.Length;
    }

    /// <summary>A text in block style that the map ends with.</summary>
    private LayoutNode? LastText(LayoutNode map)
    {
        var last = map;
        while (last.Children.Count > 0 && !last.IsFlow)
            last = last.Children[^1];
        return
            last.Is == SourceNode.Shape.Scalar
            && !last.IsPlain
            && chunk.LineOf(last.End) > chunk.LineOf(last.Start)
            && chunk.Text[last.End - 1] is not ('"' or '\'')
            ? last
            : null;
    }

    private int MostUsedStep()
    {
        var counts = new SortedDictionary<int, int>();
        Count(root);
        return counts.Count == 0 ? UsualStep : counts.MaxBy(c => c.Value).Key;

        void Count(LayoutNode node)
        {
            if (node.IsFlow)
                return;
            for (var i = 0; i < node.Children.Count; i++)
            {
                var child = node.Children[i];
                Count(child);
                if (node.Is != SourceNode.Shape.Map || i % 2 == 0 || child is not { Is: SourceNode.Shape.Map, IsFlow: false })
                    continue;
                var deeper = chunk.ColumnOf(child.Children[0].Start) - chunk.ColumnOf(node.Children[0].Start);
                if (deeper > 0)
                    counts[deeper] = counts.GetValueOrDefault(deeper) + 1;
            }
        }
    }
}
