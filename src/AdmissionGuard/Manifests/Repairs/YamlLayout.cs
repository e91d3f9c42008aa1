using AdmissionGuard.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>Reads the documents of a chunk of YAML as they are written.</summary>
internal sealed class YamlLayout
{
    private readonly ChunkText chunk;
    private readonly Dictionary<string, LayoutNode> anchors = [];
    private readonly List<LayoutNode> roots = [];
    private readonly Stack<LayoutNode> open = new();

    private YamlLayout(ChunkText chunk) => this.chunk = chunk;

    /// <summary>The roots, in order. Throws <see cref="RefusedException"/> where one cannot be read.</summary>
    public static IReadOnlyList<LayoutNode> Read(ChunkText chunk, int line)
    {
        var text = new YamlText(chunk.Text, line);
        if (text.HasRareBreaks())
            throw new RefusedException(line + 1, 1, "lines that end neither with LF nor with CRLF");
        while (true)
        {
            try
            {
                var layout = new YamlLayout(chunk);
                layout.Read(new YamlEvents(text));
                return layout.roots;
            }
            catch (RefusedException e) when (e.Shallow is { } lines && text.TryPush(lines.From, lines.To))
            {
                // read again, as YamlReader does
            }
        }
    }

    private void Read(YamlEvents events)
    {
        while (events.Next())
        {
            var start = events.At;
            var end = events.End;
            switch (events.Current)
            {
                case DocumentStart:
                    anchors.Clear();
                    break;
                case Scalar scalar:
                    Add(Scalar(scalar, chunk.OffsetOf(start), chunk.OffsetOf(end)));
                    break;
                case MappingStart map:
                    Open(LayoutNode.Shape.Map, map, map.Style == MappingStyle.Flow, chunk.OffsetOf(start));
                    break;
                case SequenceStart list:
                    Open(LayoutNode.Shape.List, list, list.Style == SequenceStyle.Flow, chunk.OffsetOf(start));
                    break;
                case MappingEnd or SequenceEnd:
                    Close(bracket: chunk.OffsetOf(start));
                    break;
                case AnchorAlias alias:
                    var target = anchors[alias.Value.Value];
                    target.IsShared = true;
                    Add(
                        new LayoutNode(LayoutNode.Shape.Alias, chunk.OffsetOf(start))
                        {
                            End = chunk.OffsetOf(end),
                            Target = target,
                            Anchor = alias.Value.Value,
                        }
                    );
                    break;
            }
        }
    }

    private LayoutNode Scalar(Scalar scalar, int start, int end)
    {
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded)
            end = chunk.EndOfBlockText(start, ColumnOfParent());
        return new LayoutNode(LayoutNode.Shape.Scalar, start)
        {
            End = end,
            IsPlain = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any,
            Text = scalar.Value,
            Tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value,
            Anchor = AnchorOf(scalar),
        };
    }

    /// <summary>A text in block style is indented deeper than this.</summary>
    private int ColumnOfParent()
    {
        if (open.Count == 0)
            return -1;
        return chunk.ColumnOf(open.Peek() is { Is: LayoutNode.Shape.Map, Children: [var key, ..] } ? key.Start : open.Peek().Start);
    }

    private void Open(LayoutNode.Shape shape, NodeEvent source, bool flow, int start)
    {
        var node = new LayoutNode(shape, start)
        {
            IsFlow = flow,
            Anchor = AnchorOf(source),
            Tag = source.Tag.IsEmpty ? null : source.Tag.Value,
        };
        Add(node);
        open.Push(node);
    }

    /// <param name="bracket">Where the closing one stands, if there is one.</param>
    private void Close(int bracket)
    {
        var node = open.Pop();
        if (node.IsFlow)
            node.End = bracket + 1;
        else if (node.Children.Count > 0)
            node.End = node.Children[^1].End;
        else
            node.End = node.Start;
    }

    private void Add(LayoutNode node)
    {
        if (node.Is != LayoutNode.Shape.Alias && node.Anchor.Length > 0)
            anchors[node.Anchor] = node;
        if (open.Count > 0)
            open.Peek().Children.Add(node);
        else
            roots.Add(node);
    }

    private static string AnchorOf(NodeEvent source) => source.Anchor.IsEmpty ? "" : source.Anchor.Value;
}
