using System.Text;
using System.Text.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>Reads JSON values, one behind the other, as they are written.</summary>
internal static class JsonLayout
{
    /// <summary>The roots that were read whole; none where the text is no JSON.</summary>
    public static IReadOnlyList<LayoutNode> Read(ChunkText chunk)
    {
        var roots = new List<LayoutNode>();
        var open = new Stack<LayoutNode>();
        var bytes = Encoding.UTF8.GetBytes(chunk.Text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Limits.Depth + 1, AllowMultipleValues = true });
        var counted = 0;
        var characters = 0;
        try
        {
            while (reader.Read())
            {
                var start = Offset((int)reader.TokenStartIndex);
                // what is consumed with a key has its colon, too
                var end = Offset(
                    reader.TokenType is JsonTokenType.PropertyName
                        ? (int)reader.TokenStartIndex + reader.ValueSpan.Length + 2
                        : (int)reader.BytesConsumed
                );
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    open.Pop().End = end;
                    continue;
                }
                var node = new LayoutNode(ShapeOf(reader.TokenType), start)
                {
                    End = end,
                    IsFlow = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray,
                    IsPlain = reader.TokenType is JsonTokenType.Null or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Number,
                    Text = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? reader.GetString()! : chunk.Text[start..end],
                };
                (open.Count > 0 ? open.Peek().Children : roots).Add(node);
                if (node.IsFlow)
                    open.Push(node);
            }
        }
        catch (JsonException) when (roots.Count > 0)
        {
            // the reader of manifests has kept what stands before it, too
            if (open.Count > 0)
                roots.RemoveAt(roots.Count - 1);
        }
        catch (JsonException)
        {
            return [];
        }
        return roots;

        int Offset(int at)
        {
            characters += Encoding.UTF8.GetCharCount(bytes.AsSpan(counted..at));
            counted = at;
            return characters;
        }
    }

    private static LayoutNode.Shape ShapeOf(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => LayoutNode.Shape.Map,
            JsonTokenType.StartArray => LayoutNode.Shape.List,
            _ => LayoutNode.Shape.Scalar,
        };
}
