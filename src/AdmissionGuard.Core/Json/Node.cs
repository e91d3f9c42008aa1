using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>
/// A place in a document: a row of a <see cref="JsonTree"/> and no more. A place that is not there is a node too, so that a path is read without
/// checks. <c>null</c> counts as absent, as the API server prunes it. Node never throws: what has another type reads as absent;
/// <see cref="Reader"/> remembers it.
/// </summary>
public readonly struct Node : IEquatable<Node>
{
    private readonly JsonTree? tree;
    private readonly int row;

    internal Node(JsonTree tree, int row)
    {
        this.tree = tree;
        this.row = row;
    }

    public JsonValueKind Kind => tree is null ? JsonValueKind.Undefined : tree[row].Kind;

    public bool Exists => tree is not null && tree[row].Kind != JsonValueKind.Null;

    public bool IsObject => Kind == JsonValueKind.Object;

    public bool IsArray => Kind == JsonValueKind.Array;

    public Node this[ReadOnlySpan<byte> key]
    {
        get
        {
            if (!IsObject)
                return default;
            var found = tree!.Find(row, key);
            return found < 0 ? default : new Node(tree, found);
        }
    }

    public Node this[string key]
    {
        get
        {
            if (!IsObject)
                return default;
            var length = Encoding.UTF8.GetMaxByteCount(key.Length);
            Span<byte> utf8 = length <= 256 ? stackalloc byte[256] : new byte[length];
            return this[utf8[..Encoding.UTF8.GetBytes(key, utf8)]];
        }
    }

    /// <summary>The items of a list; nothing where this is not a list.</summary>
    public NodeList Items => new(this);

    /// <summary>The entries of a map; nothing where this is not a map.</summary>
    public NodeMap Entries => new(this);

    /// <summary>Items of a list; 0 where this is not a list.</summary>
    public int Count => IsArray ? tree![row].Count : 0;

    /// <summary>Entries of a map; 0 where this is not a map.</summary>
    public int EntryCount => IsObject ? tree![row].Count : 0;

    /// <summary>Whether this is a map with an entry.</summary>
    public bool HasEntries => IsObject && tree![row].Count > 0;

    public string? Text => Kind == JsonValueKind.String ? tree!.Text(row) : null;

    /// <summary>The key under which it stands; empty for an item of a list.</summary>
    internal string Name => tree is null ? "" : JsonText.Read(RawName, tree[row].NameLength == JsonTree.LongName);

    internal ReadOnlySpan<byte> RawName => tree is null ? default : tree.RawName(row);

    /// <summary>The bytes of this value in its document.</summary>
    public ReadOnlySpan<byte> Raw => tree is null ? default : tree.Raw(row);

    /// <summary>An item of a list; the absent node beyond its end. Costs as many steps as lie before it.</summary>
    public Node ItemAt(int index)
    {
        if (index < 0 || index >= Count)
            return default;
        var at = row + 1;
        for (var i = 0; i < index; i++)
            at = tree![at].Next;
        return new Node(tree!, at);
    }

    /// <summary>Copies a short text that has no escapes, without making a string; false where it is something else.</summary>
    public bool TryCopyText(Span<char> to, out ReadOnlySpan<char> text)
    {
        text = default;
        if (Kind != JsonValueKind.String || tree![row].IsEscaped)
            return false;
        var raw = Raw[1..^1];
        if (raw.Length > to.Length)
            return false;
        text = to[..Encoding.UTF8.GetChars(raw, to)];
        return true;
    }

    /// <summary>False where it is not a number, not a whole one as it is written, or does not fit.</summary>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return Kind == JsonValueKind.Number && Utf8Parser.TryParse(Raw, out value, out var length) && length == Raw.Length;
    }

    /// <inheritdoc cref="TryGetInt64"/>
    public bool TryGetInt32(out int value)
    {
        value = 0;
        return Kind == JsonValueKind.Number && Utf8Parser.TryParse(Raw, out value, out var length) && length == Raw.Length;
    }

    /// <summary>False where it is not a number.</summary>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        return Kind == JsonValueKind.Number && Utf8Parser.TryParse(Raw, out value, out var length) && length == Raw.Length;
    }

    public bool IsText(ReadOnlySpan<byte> value)
    {
        if (Kind != JsonValueKind.String)
            return false;
        var raw = Raw[1..^1];
        return tree![row].IsEscaped ? JsonText.Is(raw, value) : raw.SequenceEqual(value);
    }

    /// <summary>Whether both hold the same value: the same bytes, or else the same content whatever its spacing and order of keys.</summary>
    public bool SameAs(Node other)
    {
        if (!Exists || !other.Exists)
            return Exists == other.Exists;
        return Raw.SequenceEqual(other.Raw) || NodeEquality.Of(this, other);
    }

    /// <summary>
    /// Where this value begins in the document of <paramref name="root"/>, in bytes from the beginning of root; -1 where it is of another document,
    /// or outside root.
    /// </summary>
    public int OffsetIn(Node root)
    {
        if (tree is null || tree != root.tree || row < root.row || row >= tree[root.row].Next)
            return -1;
        return tree[row].Start - tree[root.row].Start;
    }

    /// <summary>Writes it, its texts as the writer escapes them; null for the absent node.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var entry in Entries)
                    entry.WriteTo(json);
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in Items)
                    item.WriteTo(json);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(Text);
                break;
            case JsonValueKind.Undefined:
                json.WriteNullValue();
                break;
            default:
                json.WriteRawValue(Raw, skipInputValidation: true);
                break;
        }
    }

    /// <summary>As <see cref="JsonTree.Parse"/>, of a tree that nobody gives back.</summary>
    public static Node Parse(ReadOnlyMemory<byte> utf8) => JsonTree.Parse(utf8).Root;

    public static Node Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>As <see cref="Parse(ReadOnlyMemory{byte})"/>, for what stays in memory: bytes of its own, and no text is remembered.</summary>
    public static Node ParseToKeep(ReadOnlySpan<byte> utf8) => JsonTree.Parse(utf8.ToArray(), remembers: false).Root;

    /// <summary>The same place, whatever it holds: <see cref="SameAs"/> compares what places hold.</summary>
    public bool Equals(Node other) => tree == other.tree && row == other.row;

    public override bool Equals(object? obj) => obj is Node other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(tree is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(tree), row);

    public static bool operator ==(Node one, Node other) => one.Equals(other);

    public static bool operator !=(Node one, Node other) => !one.Equals(other);

    public override string ToString() => tree is null ? "(absent)" : Encoding.UTF8.GetString(Raw);

    /// <summary>The rows below a list or map: the tree, the first row, and the one behind the last; none for anything else.</summary>
    internal (JsonTree? Tree, int First, int End) Below() => tree is null ? default : (tree, row + 1, tree[row].Next);
}
