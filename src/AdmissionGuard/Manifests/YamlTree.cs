using AdmissionGuard.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdmissionGuard.Manifests;

/// <summary>Builds the tree of one YAML document after the other from the parser's events, in the same memory.</summary>
internal sealed class YamlTree
{
    private readonly Dictionary<string, int> anchors = [];

    /// <summary>Of the document that was read last.</summary>
    public SourceTree Tree { get; } = new();

    /// <summary>Reads up to the end of the document that the parser has just begun.</summary>
    public void Read(YamlEvents events)
    {
        Tree.Clear();
        anchors.Clear();
        while (events.Next() && events.Current is { } current and not DocumentEnd)
        {
            switch (current)
            {
                case Scalar scalar:
                    var node = Node(scalar, SourceNode.Shape.Scalar, StyleOf(scalar.Style), events.At);
                    CountNode(scalar, node.At);
                    Tree.Add(node with { Text = scalar.Value, End = events.End });
                    break;
                case MappingStart map:
                    Open(map, SourceNode.Shape.Map, map.Style == MappingStyle.Flow, events.At);
                    break;
                case SequenceStart list:
                    Open(list, SourceNode.Shape.List, list.Style == SequenceStyle.Flow, events.At);
                    break;
                case MappingEnd or SequenceEnd:
                    var bracket = events.At;
                    Tree.Close(bracket with { Column = bracket.Column + 1 });
                    break;
                case AnchorAlias alias:
                    Add(alias, events.At, events.End);
                    break;
            }
        }
    }

    private void Open(NodeEvent source, SourceNode.Shape shape, bool isFlow, Position at)
    {
        if (Tree.Depth == Limits.Depth)
            throw new RefusedException(at.Line, at.Column, $"more than {Limits.Depth} maps and lists within each other");
        CountNode(source, at);
        Tree.Open(Node(source, shape, isFlow ? SourceNode.Style.Flow : SourceNode.Style.Block, at));
    }

    private void Add(AnchorAlias alias, Position at, Position end)
    {
        var name = alias.Value.Value;
        if (!anchors.TryGetValue(name, out var target))
            throw new RefusedException(at.Line, at.Column, $"alias *{name} has no anchor &{name} before it");
        if (Tree[target].Next == 0)
            throw new RefusedException(at.Line, at.Column, $"the value of anchor &{name} contains itself");
        CountNode(null, at);
        Tree.Share(target);
        Tree.Add(
            new SourceNode
            {
                Is = SourceNode.Shape.Alias,
                Target = target,
                Anchor = name,
                At = at,
                End = end,
            }
        );
    }

    /// <summary>Bounds the nodes, and remembers the anchor of the one that comes next.</summary>
    private void CountNode(NodeEvent? source, Position at)
    {
        if (Tree.Count == Limits.Nodes)
            throw new RefusedException(at.Line, at.Column, $"more than {Limits.Nodes:N0} values in one document");
        if (source is { Anchor.IsEmpty: false })
            anchors[source.Anchor.Value] = Tree.Count;
    }

    private static SourceNode Node(NodeEvent source, SourceNode.Shape shape, SourceNode.Style style, Position at) =>
        new()
        {
            Is = shape,
            In = style,
            Tag = source.Tag.IsEmpty ? null : source.Tag.Value,
            Anchor = source.Anchor.IsEmpty ? null : source.Anchor.Value,
            At = at,
        };

    private static SourceNode.Style StyleOf(ScalarStyle style) =>
        style switch
        {
            ScalarStyle.Plain or ScalarStyle.Any => SourceNode.Style.Plain,
            ScalarStyle.Literal or ScalarStyle.Folded => SourceNode.Style.Block,
            _ => SourceNode.Style.Quoted,
        };
}
