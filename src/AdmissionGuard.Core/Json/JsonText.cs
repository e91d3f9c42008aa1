using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AdmissionGuard.Core.Json;

/// <summary>A text of JSON between its quotes, which may have escapes.</summary>
internal static class JsonText
{
    public static string Read(ReadOnlySpan<byte> raw, bool isEscaped)
    {
        if (!isEscaped)
            return Encoding.UTF8.GetString(raw);
        var reader = ReaderOf(raw);
        return reader.GetString()!;
    }

    /// <summary>Whether it reads as these bytes of UTF-8.</summary>
    public static bool Is(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> value) =>
        raw.Contains((byte)'\\') ? ReaderOf(raw).ValueTextEquals(value) : raw.SequenceEqual(value);

    /// <summary>
    /// Bytes that are no UTF-8, and escapes of half a surrogate pair; both pass the parser. The walk is taken only where such an escape is in sight.
    /// </summary>
    public static void RefuseBroken(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            throw new JsonException("The text is not valid UTF-8.");
        if (utf8.IndexOf("\\ud"u8) < 0 && utf8.IndexOf("\\uD"u8) < 0)
            return;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonTree.MaxDepth });
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

    /// <summary>A reader at the text; only for what has escapes, as it copies.</summary>
    private static Utf8JsonReader ReaderOf(ReadOnlySpan<byte> raw)
    {
        var quoted = new byte[raw.Length + 2];
        raw.CopyTo(quoted.AsSpan(1));
        quoted[0] = quoted[^1] = (byte)'"';
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader;
    }
}
