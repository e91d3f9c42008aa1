using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Admission;

/// <summary>JSON from the wire: what <see cref="JsonTree.Parse"/> refuses, and more tokens than an object can have.</summary>
internal static class JsonBody
{
    /// <summary>
    /// A value costs 28 bytes of index: eight million brackets must not become 200 MB. Two objects of 3 MiB have fewer, whatever is in them: a review
    /// that the API server sends is never refused for it, because it would pass unjudged.
    /// </summary>
    public const int MaxTokens = 4_000_000;

    /// <exception cref="JsonException">It is no JSON, not UTF-8, too deep or too many tokens.</exception>
    public static JsonTree Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.IsEmpty)
            throw new JsonException("the body is empty");
        if (utf8.Length > MaxTokens)
            CountTokens(utf8.Span);
        return JsonTree.Parse(utf8, pooled: true);
    }

    private static void CountTokens(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonTree.MaxDepth });
        for (var tokens = 1; reader.Read(); tokens++)
        {
            if (tokens > MaxTokens)
                throw new JsonException($"more than {MaxTokens} tokens");
        }
    }
}
