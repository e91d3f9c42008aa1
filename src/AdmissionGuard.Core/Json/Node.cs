using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace AdmissionGuard.Core.Json;

/// <summary>
/// A place in a document: a <see cref="JsonElement"/> and no more. A place that is not there is a node too, so that a path is read without checks.
/// <c>null</c> counts as absent, as the API server prunes it. Node never throws: what has another type reads as absent; <see cref="Reader"/>
/// remembers it.
/// </summary>
public readonly struct Node(JsonElement element)
{
    public JsonElement Element { get; } = element;

    public JsonValueKind Kind => Element.ValueKind;

    public bool Exists => Kind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool IsObject => Kind == JsonValueKind.Object;

    public bool IsArray => Kind == JsonValueKind.Array;

    public Node this[ReadOnlySpan<byte> key] =>
        Kind == JsonValueKind.Object && Element.TryGetProperty(key, out var value) ? new Node(value) : default;

    public Node this[string key] => Kind == JsonValueKind.Object && Element.TryGetProperty(key, out var value) ? new Node(value) : default;

    /// <summary>The items of a list; nothing where this is not a list.</summary>
    public NodeList Items => new(Element);

    /// <summary>The entries of a map; nothing where this is no map.</summary>
    public JsonElement.ObjectEnumerator Entries => Kind == JsonValueKind.Object ? Element.EnumerateObject() : default;

    public int Count => Kind == JsonValueKind.Array ? Element.GetArrayLength() : 0;

    public string? Text => Kind == JsonValueKind.String ? Element.GetString() : null;

    /// <summary>Copies a short text that has no escapes, without making a string; false where it is something else.</summary>
    public bool TryCopyText(Span<char> to, out ReadOnlySpan<char> text)
    {
        text = default;
        if (Kind != JsonValueKind.String)
            return false;
        var raw = Raw[1..^1];
        if (raw.Length > to.Length || raw.Contains((byte)'\\'))
            return false;
        text = to[..System.Text.Encoding.UTF8.GetChars(raw, to)];
        return true;
    }

    /// <summary>The bytes of this value in its document.</summary>
    public ReadOnlySpan<byte> Raw => Kind == JsonValueKind.Undefined ? default : JsonMarshal.GetRawUtf8Value(Element);

    public bool IsText(ReadOnlySpan<byte> value) => Kind == JsonValueKind.String && Element.ValueEquals(value);

    /// <summary>Whether both hold the same value: the same bytes, or else the same content whatever its spacing and order of keys.</summary>
    public bool SameAs(Node other)
    {
        if (!Exists || !other.Exists)
            return Exists == other.Exists;
        return Raw.SequenceEqual(other.Raw) || JsonElement.DeepEquals(Element, other.Element);
    }

    /// <summary>
    /// Where this value begins in the document of <paramref name="root"/>, in bytes from the beginning of root; -1 where it is of another document.
    /// </summary>
    public int OffsetIn(Node root)
    {
        var whole = root.Raw;
        var part = Raw;
        return whole.Overlaps(part, out var offset) ? offset : -1;
    }

    /// <summary>
    /// A document of its own from UTF-8 text. Throws <see cref="JsonException"/> where it is no JSON, or where a text in it is no Unicode: an element
    /// that holds one would throw later, at whoever reads it first. The bytes are kept, not copied.
    /// </summary>
    public static Node Parse(ReadOnlyMemory<byte> utf8) => new(ParseDocument(utf8).RootElement);

    /// <summary>As <see cref="Parse(ReadOnlyMemory{byte})"/>, for whoever gives the memory back.</summary>
    public static JsonDocument ParseDocument(ReadOnlyMemory<byte> utf8)
    {
        RefuseBrokenText(utf8.Span);
        return JsonDocument.Parse(utf8, ParseOptions);
    }

    /// <summary>
    /// As <see cref="Parse(ReadOnlyMemory{byte})"/>, of text that was parsed before, into memory of just its size: a document that is parsed once and
    /// thrown away borrows from a pool instead, in powers of two.
    /// </summary>
    public static Node ParseToKeep(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ParseOptions.MaxDepth });
        return new Node(JsonElement.ParseValue(ref reader));
    }

    public static Node Parse(string json) => Parse(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>Depth: an API server refuses custom resources far below this.</summary>
    public static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = 128, AllowDuplicateProperties = true };

    /// <summary>
    /// Bytes that are no UTF-8, and escapes of half a surrogate pair; both pass the parser. The walk is taken only where such an escape is in sight.
    /// </summary>
    private static void RefuseBrokenText(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            throw new JsonException("The text is not valid UTF-8.");
        if (utf8.IndexOf("\\ud"u8) < 0 && utf8.IndexOf("\\uD"u8) < 0)
            return;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ParseOptions.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                throw new JsonException("A text holds half a surrogate pair.", path: null, lineNumber: null, reader.TokenStartIndex, e);
            }
        }
    }

    public override string ToString() => Kind == JsonValueKind.Undefined ? "(absent)" : Element.GetRawText();
}
