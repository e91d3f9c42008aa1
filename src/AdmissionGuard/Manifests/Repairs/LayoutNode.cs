namespace AdmissionGuard.Manifests.Repairs;

/// <summary>
/// A node of a document's tree in its chunk's text, with offsets instead of lines and columns. It holds nothing that the tree does not say, and is
/// made when it is asked for: a repair looks at few nodes of many.
/// </summary>
internal sealed class LayoutNode
{
    private readonly SourceTree tree;
    private readonly ChunkText chunk;
    private readonly int index;
    private readonly LayoutNode? parent;
    private IReadOnlyList<LayoutNode>? children;

    private LayoutNode(SourceTree tree, ChunkText chunk, int index, LayoutNode? parent)
    {
        this.tree = tree;
        this.chunk = chunk;
        this.index = index;
        this.parent = parent;
    }

    /// <param name="chunk">The text that the tree was read from.</param>
    public static LayoutNode RootOf(SourceTree tree, ChunkText chunk) => new(tree, chunk, 0, parent: null);

    public SourceNode.Shape Is => Written.Is;

    /// <summary>Its anchor or tag, where it has one, else its first character; of a map in block style the first key.</summary>
    public int Start => chunk.OffsetOf(Written.At);

    /// <summary>Behind its last character; of what stands in block style, behind the last character of what is last in it.</summary>
    public int End
    {
        get
        {
            if (Written.In != SourceNode.Style.Block || Is == SourceNode.Shape.Alias)
                return chunk.OffsetOf(Written.End);
            if (Is == SourceNode.Shape.Scalar)
                return chunk.EndOfBlockText(Start, ColumnOfParent);
            return Children.Count > 0 ? Children[^1].End : Start;
        }
    }

    /// <summary>A map or list in brackets.</summary>
    public bool IsFlow => Written.In == SourceNode.Style.Flow;

    /// <summary>A scalar without quotes, so that its look decides its type.</summary>
    public bool IsPlain => Written.Plain;

    public string? Tag => Written.Tag;

    /// <summary>The name of its anchor; of an alias, the name that it names; null for none.</summary>
    public string? Anchor => Written.Anchor;

    /// <summary>Whether an alias stands for this.</summary>
    public bool IsShared => Written.Shared;

    /// <summary>Items of a list; of a map its keys, each with its value behind it.</summary>
    public IReadOnlyList<LayoutNode> Children => children ??= ReadChildren();

    /// <summary>A value that is not written at all: <c>key:</c>.</summary>
    public bool IsBlank => Is == SourceNode.Shape.Scalar && IsPlain && Start == End;

    public bool IsNull =>
        Is == SourceNode.Shape.Scalar && IsPlain && Tag is null && YamlScalar.Read(Written.Text!, tag: null, plain: true).Is == YamlScalar.Type.Null;

    public bool IsMerge => Is == SourceNode.Shape.Scalar && Written.Text == "<<" && IsPlain;

    /// <summary>Of a scalar: the text that it is as the key of a map.</summary>
    private string AsKey
    {
        get
        {
            ref readonly var key = ref tree[tree.Resolve(index)];
            return key.Tag is null && !key.Plain ? key.Text! : YamlScalar.Read(key.Text!, key.Tag, key.Plain).Key;
        }
    }

    private ref readonly SourceNode Written => ref tree[index];

    /// <summary>A text in block style is indented deeper than this.</summary>
    private int ColumnOfParent
    {
        get
        {
            if (parent is null)
                return -1;
            var isFirst = index == parent.index + 1;
            return chunk.ColumnOf(parent.Is == SourceNode.Shape.Map && !isFirst ? parent.Children[0].Start : parent.Start);
        }
    }

    /// <summary>The index of a key of this map among its children; -1 where it does not write it.</summary>
    public int IndexOf(string key)
    {
        for (var i = 0; i < Children.Count; i += 2)
        {
            if (!Children[i].IsMerge && Children[i].AsKey == key)
                return i;
        }
        return -1;
    }

    private List<LayoutNode> ReadChildren()
    {
        var read = new List<LayoutNode>();
        if (Is is not (SourceNode.Shape.Map or SourceNode.Shape.List))
            return read;
        for (var i = index + 1; i < Written.Next; i = tree[i].Next)
            read.Add(new LayoutNode(tree, chunk, i, this));
        return read;
    }
}
