using System.Buffers;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>Reads JSON text into the rows of a <see cref="JsonTree"/>.</summary>
internal static class JsonRows
{
    /// <summary>How many values there are. Throws <see cref="JsonException"/> where it is no JSON.</summary>
    public static int Count(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonTree.MaxDepth });
        var count = 0;
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray))
                count++;
        }
        return count;
    }

    /// <summary>Fills the rows; more are borrowed where they are too few, and those given are given back.</summary>
    /// <returns>How many there are.</returns>
    public static int Read(ReadOnlySpan<byte> utf8, ref JsonTree.Row[] rows)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonTree.MaxDepth });
        Span<int> open = stackalloc int[JsonTree.MaxDepth + 1];
        var depth = 0;
        var count = 0;
        var (nameStart, nameLength, key) = (0, (ushort)0, 0u);
        while (reader.Read())
        {
            var token = reader.TokenType;
            if (token == JsonTokenType.PropertyName)
            {
                nameStart = (int)reader.TokenStartIndex + 1;
                nameLength =
                    reader.ValueIsEscaped || reader.ValueSpan.Length >= JsonTree.LongName ? JsonTree.LongName : (ushort)reader.ValueSpan.Length;
                // a key with escapes may read as any key
                key = nameLength == JsonTree.LongName ? uint.MaxValue : Bit(reader.ValueSpan);
                continue;
            }
            if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                ref var ended = ref rows[open[--depth]];
                ended.Length = (int)reader.BytesConsumed - ended.Start;
                ended.Next = count;
                continue;
            }
            if (count == rows.Length)
                rows = Larger(rows);
            if (depth > 0)
            {
                ref var parent = ref rows[open[depth - 1]];
                parent.Count++;
                parent.Keys |= key;
            }
            var start = (int)reader.TokenStartIndex;
            rows[count] = new JsonTree.Row
            {
                Start = start,
                Length = (int)reader.BytesConsumed - start,
                Next = count + 1,
                NameStart = nameStart,
                NameLength = nameLength,
                Kind = KindOf(token),
                IsEscaped = token == JsonTokenType.String && reader.ValueIsEscaped,
            };
            (nameLength, key) = (0, 0);
            if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
                open[depth++] = count;
            count++;
        }
        return count;
    }

    /// <summary>Of a key among the 32 of <see cref="JsonTree.Row.Keys"/>, by its length and its first and last byte.</summary>
    public static uint Bit(ReadOnlySpan<byte> key) => key.IsEmpty ? 1 : 1u << ((key.Length * 5 + key[0] * 3 + key[^1]) & 31);

    private static JsonValueKind KindOf(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => JsonValueKind.Object,
            JsonTokenType.StartArray => JsonValueKind.Array,
            JsonTokenType.String => JsonValueKind.String,
            JsonTokenType.Number => JsonValueKind.Number,
            JsonTokenType.True => JsonValueKind.True,
            JsonTokenType.False => JsonValueKind.False,
            _ => JsonValueKind.Null,
        };

    private static JsonTree.Row[] Larger(JsonTree.Row[] rows)
    {
        var larger = ArrayPool<JsonTree.Row>.Shared.Rent(rows.Length * 2);
        rows.CopyTo(larger, 0);
        ArrayPool<JsonTree.Row>.Shared.Return(rows);
        return larger;
    }
}
