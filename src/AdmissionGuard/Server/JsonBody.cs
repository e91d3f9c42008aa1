using System.Text.Json;
using System.Text.Unicode;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Server;

/// <summary>JSON from the wire, read so that nothing in it can fail later: bounded in depth and tokens, and every text one that .NET can hold.</summary>
internal static class JsonBody
{
    /// <summary>A token costs 12 bytes of index: eight million brackets must not become 100 MB.</summary>
    public const int MaxTokens = 1_000_000;

    /// <exception cref="JsonException">It is no JSON, not UTF-8, too deep or too many tokens.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty) throw new JsonException("the body is empty");
        if (!Utf8.IsValid(utf8.Span)) throw new JsonException("the text is not UTF-8");
        if (utf8.Length > MaxTokens || HasEscapedSurrogates(utf8.Span)) Scan(utf8.Span);
        return JsonDocument.Parse(utf8, Node.ParseOptions);
    }

    /// <summary>An API server writes such characters as UTF-8, so hardly a body is scanned for them.</summary>
    private static bool HasEscapedSurrogates(ReadOnlySpan<byte> utf8)
    {
        for (var at = utf8.IndexOf(@"\u"u8); at >= 0; at = utf8.IndexOf(@"\u"u8))
        {
            utf8 = utf8[(at + 2)..];
            if (utf8.Length > 0 && (utf8[0] | 0x20) == 'd') return true;
        }
        return false;
    }

    private static void Scan(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Node.ParseOptions.MaxDepth });
        for (var tokens = 1; reader.Read(); tokens++)
        {
            if (tokens > MaxTokens) throw new JsonException($"more than {MaxTokens} tokens");
            if (reader.ValueIsEscaped) RefuseHalves(reader);
        }
    }

    /// <summary>Half of a surrogate pair is no character: whoever asked for the text later would fail.</summary>
    private static void RefuseHalves(Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text with half of a surrogate pair", e);
        }
    }
}
