using System.Runtime.InteropServices;

namespace AdmissionGuard.Manifests;

/// <summary>A value of a document, or the key of a map's entry, as it is written.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SourceNode
{
    internal enum Shape : byte
    {
        Scalar,
        Map,
        List,
        Alias,
    }

    internal enum Style : byte
    {
        /// <summary>A map or list without brackets; a text behind <c>|</c> or <c>&gt;</c>.</summary>
        Block,

        /// <summary>A map or list in brackets.</summary>
        Flow,

        /// <summary>A scalar without quotes, so that its look decides its type.</summary>
        Plain,

        Quoted,
    }

    public Shape Is { get; init; }

    public Style In { get; init; }

    /// <summary>Whether an alias stands for this.</summary>
    public bool Shared { get; init; }

    /// <summary>The node after this one and all below it, as an index of its tree; 0 while the container is open.</summary>
    public int Next { get; init; }

    /// <summary>Of an alias: the node that it stands for, as an index of its tree.</summary>
    public int Target { get; init; }

    /// <summary>Of a scalar: its value.</summary>
    public string? Text { get; init; }

    /// <summary>The tag as written, its handle resolved; null for none.</summary>
    public string? Tag { get; init; }

    /// <summary>The name of its anchor; of an alias, the name that it names; null for none.</summary>
    public string? Anchor { get; init; }

    /// <summary>Where its anchor or tag begins, where it has one, else its first character; of a map in block style the first key.</summary>
    public Position At { get; init; }

    /// <summary>Behind its last character. Of what stands in block style the parser does not know it: not to be trusted.</summary>
    public Position End { get; init; }

    public bool Plain => In is Style.Plain;
}
