using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>Entries of maps in braces, of YAML and of JSON: on lines of their own where the map has it so.</summary>
internal sealed class FlowMap(ChunkText chunk, bool isJson)
{
    /// <summary>Behind the last entry of a map, or between its braces.</summary>
    public IEnumerable<Splice> Append(in Way way, IReadOnlyList<(string Key, Node Value)> entries) =>
        way.Map.Children.Count == 0 ? [Fill(way, entries)] : Append(way.Map, entries);

    /// <summary>How a value is written in the place of a null in a map in braces.</summary>
    public string Write(in Way way, Node value) =>
        StyleOf(way.Parent!).Write(value, way.Key is not null && BeginsLine(way.Key) ? chunk.IndentOf(chunk.LineOf(way.Key.Start)) : null);

    private IEnumerable<Splice> Append(LayoutNode map, IReadOnlyList<(string Key, Node Value)> entries)
    {
        var key = map.Children[^2];
        var last = map.Children[^1];
        if (last.IsBlank)
            throw new UnwritableException($"the last key of the map in line {chunk.LineInFile(key.Start)} has no value, write it by hand");
        var style = StyleOf(map);
        if (!BeginsLine(key) || !EndsLine(last, out var comma))
        {
            yield return new Splice(last.End, 0, string.Concat(entries.Select(e => style.Comma + style.Entry(e.Key, e.Value, indent: null))));
            yield break;
        }
        if (!comma)
            yield return new Splice(last.End, 0, ",");
        var indent = chunk.IndentOf(chunk.LineOf(key.Start));
        var lines = string.Join("," + chunk.EndOfLine, entries.Select(e => indent + style.Entry(e.Key, e.Value, indent)));
        yield return new Splice(chunk.StartOf(chunk.LineOf(last.End) + 1), 0, lines + (comma ? "," : "") + chunk.EndOfLine);
    }

    private Splice Fill(in Way way, IReadOnlyList<(string Key, Node Value)> entries)
    {
        var map = way.Map;
        var key = way.Key;
        var open = chunk.Text.IndexOf('{', map.Start);
        var style = StyleOf(way.Parent ?? map);
        var inner = chunk.Text.AsSpan(open + 1, map.End - open - 2);
        if (!inner.Trim().IsEmpty)
            return new Splice(open + 1, 0, string.Join(style.Comma, entries.Select(e => style.Entry(e.Key, e.Value, indent: null))));
        var indent = isJson && key is not null && BeginsLine(key) ? chunk.IndentOf(chunk.LineOf(key.Start)) : null;
        return new Splice(open, map.End - open, style.Map(entries, indent));
    }

    /// <summary>Whether only a comma and a comment follow in the line, and no comma later.</summary>
    private bool EndsLine(LayoutNode last, out bool comma)
    {
        var text = chunk.Text;
        var line = chunk.LineOf(last.End);
        var rest = text.AsSpan(last.End..chunk.StartOf(line + 1)).TrimStart(" \t");
        comma = rest is [',', ..];
        if (comma)
            rest = rest[1..].TrimStart(" \t");
        if (rest.TrimEnd("\r\n") is not ([] or ['#', ..]))
            return false;
        for (line++; chunk.StartOf(line) < text.Length; line++)
        {
            if (chunk.Line(line).TrimStart(" \t") is [var next and not '#', ..])
                return next != ',';
        }
        return false;
    }

    private bool BeginsLine(LayoutNode node) => chunk.Before(node.Start).Trim(" \t").IsEmpty && chunk.LineOf(node.Start) > 0;

    private FlowStyle StyleOf(LayoutNode map)
    {
        var isSpaced = !isJson;
        var isQuoted = isJson;
        if (map is { IsFlow: true, Is: SourceNode.Shape.Map, Children: [.., var key, var value] })
        {
            isQuoted |= !key.IsPlain && key.Is == SourceNode.Shape.Scalar && chunk.Text[key.Start] == '"';
            isSpaced = !isQuoted || BlockMap.ColonOf(key, chunk) + 1 < value.Start;
        }
        return new FlowStyle(isQuoted, isSpaced, isQuoted ? UnitOf(map) : "", chunk.EndOfLine);
    }

    /// <summary>By how much the lines of a map are indented deeper than the line that it begins in.</summary>
    private string UnitOf(LayoutNode map)
    {
        if (map.Children.Count == 0)
            return "  ";
        var outer = chunk.IndentOf(chunk.LineOf(map.Start));
        var inner = chunk.IndentOf(chunk.LineOf(map.Children[0].Start));
        return inner.Length > outer.Length && inner.StartsWith(outer, StringComparison.Ordinal) ? inner[outer.Length..] : "  ";
    }
}
