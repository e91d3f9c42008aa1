using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// An object as we keep it: a document of its own without <c>metadata.managedFields</c>, which is often half of its bytes, so that neither they nor
/// the
/// list that it came in stay in memory. Items of a list of built-in kinds name no kind: it is put in.
/// </summary>
internal static class Slim
{
    public static Node Of(Node item, string? apiVersion = null, string? kind = null)
    {
        var raw = item.Raw;
        var (from, to) = ManagedFields(raw);
        var head = kind is null || item["kind"u8].Exists ? "" : Head(apiVersion!, kind, item.HasEntries);
        var bytes = new byte[raw.Length - (to - from) + Encoding.UTF8.GetByteCount(head)];
        raw[..1].CopyTo(bytes);
        var at = 1 + Encoding.UTF8.GetBytes(head, bytes.AsSpan(1));
        raw[1..from].CopyTo(bytes.AsSpan(at));
        raw[to..].CopyTo(bytes.AsSpan(at + from - 1));
        return Node.Parse(bytes);
    }

    private static string Head(string apiVersion, string kind, bool more) =>
        $"\"apiVersion\":\"{JsonEncodedText.Encode(apiVersion)}\",\"kind\":\"{JsonEncodedText.Encode(kind)}\"{(more ? "," : "")}";

    /// <summary>Where the entry stands with one comma beside it; an empty range after the first byte where there is none.</summary>
    private static (int From, int To) ManagedFields(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = JsonTree.MaxDepth });
        var inMetadata = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 1)
                inMetadata = false;
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (inMetadata && reader.CurrentDepth == 2 && reader.ValueTextEquals("managedFields"u8))
            {
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                return WithComma(raw, from, (int)reader.BytesConsumed);
            }
            if (reader.CurrentDepth == 1)
                inMetadata = reader.ValueTextEquals("metadata"u8);
            else if (!inMetadata || reader.CurrentDepth > 2)
                continue;
            if (!inMetadata || reader.CurrentDepth == 2)
                reader.Skip();
        }
        return (1, 1);
    }

    private static (int From, int To) WithComma(ReadOnlySpan<byte> raw, int from, int to)
    {
        var after = raw[to..].IndexOfAnyExcept(" \t\r\n"u8);
        if (raw[to + after] == ',')
            return (from, to + after + 1);
        var before = raw[..from].LastIndexOfAnyExcept(" \t\r\n"u8);
        return raw[before] == ',' ? (before, to) : (from, to);
    }
}
