using AdmissionGuard.Files;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdmissionGuard.Manifests;

/// <summary>
/// The nodes of one YAML document in the order of the text, a container's end beside its beginning. Aliases need a node twice and merge keys need
/// the whole map before the first byte of JSON, which events alone do not give.
/// </summary>
internal sealed class YamlTape
{
    internal enum Shape : byte
    {
        Scalar,
        Map,
        List,
        Alias,
    }

    /// <param name="Next">The node after this one and all below it; of an alias, see Target; 0 while the container is open.</param>
    /// <param name="Target">Of an alias: the node that it stands for.</param>
    /// <param name="Text">Of a scalar: its value.</param>
    /// <param name="Tag">The tag as written, its handle resolved; null for none.</param>
    /// <param name="Plain">Neither quoted nor a block, so that its look decides its type.</param>
    internal record struct Piece(Shape Shape, bool Plain, int Next, int Target, string? Text, string? Tag, Position At);

    private readonly Dictionary<string, int> anchors = [];
    private readonly Stack<int> open = new();
    private Piece[] pieces = new Piece[256];
    private int count;

    public ref readonly Piece this[int index] => ref pieces[index];

    /// <summary>Where an alias leads, else the node itself.</summary>
    public int Resolve(int index) => pieces[index].Shape == Shape.Alias ? pieces[index].Target : index;

    /// <summary>Reads up to the end of the document that the parser has just begun.</summary>
    public void Read(YamlEvents events)
    {
        count = 0;
        anchors.Clear();
        open.Clear();
        while (events.Next() && events.Current is { } current and not DocumentEnd)
        {
            var at = events.At;
            switch (current)
            {
                case Scalar scalar:
                    var plain = scalar.Style is ScalarStyle.Plain or ScalarStyle.Any;
                    Add(scalar, new Piece(Shape.Scalar, plain, count + 1, 0, scalar.Value, TagOf(scalar), at));
                    break;
                case MappingStart map:
                    Open(map, new Piece(Shape.Map, Plain: false, 0, 0, null, TagOf(map), at));
                    break;
                case SequenceStart list:
                    Open(list, new Piece(Shape.List, Plain: false, 0, 0, null, TagOf(list), at));
                    break;
                case MappingEnd or SequenceEnd:
                    pieces[open.Pop()].Next = count;
                    break;
                case AnchorAlias alias:
                    Add(null, new Piece(Shape.Alias, Plain: false, count + 1, TargetOf(alias, at), null, null, at));
                    break;
            }
        }
    }

    private void Open(NodeEvent source, Piece piece)
    {
        if (open.Count == Limits.Depth)
            throw new RefusedException(piece.At.Line, piece.At.Column, $"more than {Limits.Depth} maps and lists within each other");
        open.Push(count);
        Add(source, piece);
    }

    private void Add(NodeEvent? source, Piece piece)
    {
        if (count == Limits.Nodes)
            throw new RefusedException(piece.At.Line, piece.At.Column, $"more than {Limits.Nodes:N0} values in one document");
        if (count == pieces.Length)
            Array.Resize(ref pieces, count * 2);
        if (source is { Anchor.IsEmpty: false })
            anchors[source.Anchor.Value] = count;
        pieces[count++] = piece;
    }

    private int TargetOf(AnchorAlias alias, Position at)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw new RefusedException(at.Line, at.Column, $"alias *{alias.Value.Value} has no anchor &{alias.Value.Value} before it");
        }
        if (pieces[target].Next == 0)
            throw new RefusedException(at.Line, at.Column, $"the value of anchor &{alias.Value.Value} contains itself");
        return target;
    }

    private static string? TagOf(NodeEvent source) => source.Tag.IsEmpty ? null : source.Tag.Value;
}
