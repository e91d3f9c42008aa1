using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests;

/// <summary>One object of a file. Where it was an item of a List, <see cref="Whole"/> is that List, else the object itself.</summary>
internal sealed class Document
{
    private readonly SourceMap? map;

    private Document(string file, int index, Node whole, Node root, SourceMap? map)
    {
        this.map = map;
        File = file;
        Index = index;
        Whole = whole;
        Root = root;
        ApiVersion = root["apiVersion"u8].Text;
        Kind = root["kind"u8].Text;
        var metadata = root["metadata"u8];
        Name = metadata["name"u8].Text;
        Namespace = metadata["namespace"u8].Text;
    }

    public Document(string file, int index, Node whole, SourceMap map, string? source = null)
        : this(file, index, whole, whole, map)
    {
        Source = source;
    }

    /// <summary>An object as it stands in a cluster, which has no lines.</summary>
    /// <param name="cluster">What the cluster is called.</param>
    public static Document Stored(string cluster, Node root) => new(cluster, 0, root, root, map: null);

    /// <summary>Whether it stands in a cluster, of which <see cref="File"/> is the name, and in no file.</summary>
    public bool IsStored => map is null;

    /// <summary>The path as given on the command line, or found below it; <c>-</c> for standard input.</summary>
    public string File { get; }

    /// <summary>The template that it was rendered from, as a comment before it says; null where none does.</summary>
    public string? Source { get; private init; }

    /// <summary>What somebody can open: the file, or of standard input the template.</summary>
    public string Origin => File == ManifestFiles.StandardInput && Source is not null ? Source : File;

    /// <summary>Which document of the file, from 0; the items of a List share theirs.</summary>
    public int Index { get; }

    public Node Whole { get; }

    public Node Root { get; }

    /// <summary>How <see cref="Whole"/> is written; null where the reader was not told to keep it, and for an item of a List.</summary>
    public SourceTree? Tree { get; init; }

    public string? ApiVersion { get; private init; }

    public string? Kind { get; private init; }

    public string? Namespace { get; }

    public string? Name { get; }

    public bool IsList => Root["items"u8].IsArray && Kind is { } kind && kind.EndsWith("List", StringComparison.Ordinal);

    /// <summary>An item of this List; one that names no kind has the List's without "List", as kubectl reads what an API server lists.</summary>
    public Document Item(Node item)
    {
        var bare = item["kind"u8].Exists || Kind is null or "List";
        var ofList = bare ? null : ApiVersion;
        return new Document(File, Index, Whole, item, map)
        {
            Source = Source,
            ApiVersion = ofList ?? item["apiVersion"u8].Text,
            Kind = bare ? item["kind"u8].Text : Kind![..^"List".Length],
        };
    }

    /// <summary>
    /// Where a path of <see cref="Root"/> stands: the key of a map's entry, an item of a list; of what is missing, its nearest parent. Nowhere (0, 0)
    /// in a cluster.
    /// </summary>
    public Position PositionOf(Pointer pointer) => map?.KeyAt(pointer.Resolve(Root).Node.OffsetIn(Whole)) ?? default;

    /// <summary>Where the value itself begins: of a map in block style, its first key.</summary>
    public Position ValuePositionOf(Pointer pointer) => map?.ValueAt(pointer.Resolve(Root).Node.OffsetIn(Whole)) ?? default;
}
