namespace AdmissionGuard.Manifests.Repairs;

/// <summary>A value of a document as it is written: where it begins and ends in its chunk's text, and in which style.</summary>
internal sealed class LayoutNode(LayoutNode.Shape shape, int start)
{
    internal enum Shape : byte
    {
        Scalar,
        Map,
        List,
        Alias,
    }

    public Shape Is { get; } = shape;

    /// <summary>Its anchor or tag, where it has one, else its first character; of a map in block style the first key.</summary>
    public int Start { get; } = start;

    /// <summary>Behind its last character; of what stands in block style, behind the last character of what is last in it.</summary>
    public int End { get; set; } = start;

    /// <summary>A map or list in brackets.</summary>
    public bool IsFlow { get; init; }

    /// <summary>A scalar without quotes, so that its look decides its type.</summary>
    public bool IsPlain { get; init; }

    public string Text { get; init; } = "";

    public string? Tag { get; init; }

    /// <summary>The name of its anchor; of an alias, the name that it names; empty for none.</summary>
    public string Anchor { get; init; } = "";

    /// <summary>Of an alias: what it stands for.</summary>
    public LayoutNode? Target { get; init; }

    /// <summary>Whether an alias stands for this.</summary>
    public bool IsShared { get; set; }

    /// <summary>Items of a list; of a map its keys, each with its value behind it.</summary>
    public List<LayoutNode> Children { get; } = [];

    /// <summary>A value that is not written at all: <c>key:</c>.</summary>
    public bool IsBlank => Is == Shape.Scalar && IsPlain && Start == End;

    public bool IsNull => Is == Shape.Scalar && IsPlain && Tag is null && YamlScalar.Read(Text, tag: null, plain: true).Is == YamlScalar.Type.Null;

    /// <summary>Of a scalar: the text that it is as the key of a map.</summary>
    public string AsKey
    {
        get
        {
            var written = Target ?? this;
            return written.Tag is null && !written.IsPlain ? written.Text : YamlScalar.Read(written.Text, written.Tag, written.IsPlain).Key;
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

    public bool IsMerge => Is == Shape.Scalar && Text == "<<" && IsPlain;
}
