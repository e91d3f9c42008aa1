using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Files;

namespace AdmissionGuard.Explanations;

/// <summary>A request as somebody types it, much as for curl.</summary>
internal static class ExplainedRequest
{
    /// <param name="from">NAMESPACE, or NAMESPACE/label=value,label=value; null for anybody.</param>
    /// <exception cref="InputException">The URL, a header or the caller cannot be read.</exception>
    public static RequestQuestion Of(string method, string url, IEnumerable<string> headers, string? from)
    {
        var whole = url.Contains("://", StringComparison.Ordinal) ? url : $"http://{url}";
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new InputException($"{Shown.Word(url)} is not a URL such as http://api.shop/cart");
        var slash = from?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return new RequestQuestion(
            method.ToUpperInvariant(),
            uri.Host,
            uri.IsDefaultPort && !whole.Contains($":{uri.Port}", StringComparison.Ordinal) ? null : uri.Port,
            uri.AbsolutePath,
            Pairs(headers, ':', "a header such as 'x-user: 7'"),
            Pairs(uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Decoded), '=', "a query such as v=2"),
            slash < 0 ? from : from![..slash],
            Pairs(slash < 0 ? [] : from![(slash + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries), '=', "a label such as app=front")
        );
    }

    /// <summary>A query parameter may stand alone.</summary>
    private static string Decoded(string pair) => Uri.UnescapeDataString(pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=");

    private static Dictionary<string, string> Pairs(IEnumerable<string> texts, char separator, string example)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.IndexOf(separator, StringComparison.Ordinal);
            if (at <= 0)
                throw new InputException($"{Shown.Word(text)} is not {example}");
            pairs[text[..at].Trim()] = text[(at + 1)..].Trim();
        }
        return pairs;
    }
}
