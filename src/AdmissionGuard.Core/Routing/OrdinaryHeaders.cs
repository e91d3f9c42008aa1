using System.Collections.Frozen;

namespace AdmissionGuard.Core.Routing;

/// <summary>
/// Headers by which no user chooses a version, since clients, browsers, proxies and tracing send them anyway. See
/// docs/facts/envoy.md#ordinary-headers.
/// </summary>
internal static class OrdinaryHeaders
{
    /// <summary>Whatever the value.</summary>
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        "host",
        "user-agent",
        "x-request-id",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-forwarded-host",
        "forwarded",
        "via",
        "b3",
        "traceparent",
        "tracestate",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "cache-control",
        "pragma",
        "dnt",
        "priority",
        "upgrade-insecure-requests"
    );

    private static readonly string[] Prefixes = ["accept", "x-b3-", "x-envoy-", "sec-fetch-", "sec-ch-", "sec-gpc", "if-", "grpc-"];

    /// <summary>Of headers whose value may be a choice, values that are none.</summary>
    private static readonly FrozenDictionary<string, string[]> Values = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["authorization"] = ["Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "Basic dXNlcjpwYXNz"],
        ["content-type"] =
        [
            "application/json",
            "application/json; charset=utf-8",
            "application/grpc",
            "application/grpc+proto",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
        ],
        ["cookie"] =
        [
            "session=0f3b6c1e77aa; _ga=GA1.2.1.1",
            "sessionid=0f3b6c1e77aa",
            "sid=0f3b6c1e77aa",
            "JSESSIONID=0F3B6C1E77AA",
            "PHPSESSID=0f3b",
        ],
        ["origin"] = ["https://www.example.com", "http://localhost:3000"],
        ["referer"] = ["https://www.example.com/", "http://localhost:3000/"],
        ["x-forwarded-for"] = ["10.1.2.3", "203.0.113.7, 10.1.2.3"],
        ["x-real-ip"] = ["10.1.2.3", "203.0.113.7"],
    }.ToFrozenDictionary();

    /// <param name="name">In lower case.</param>
    /// <param name="match">What its value must be; null where any value will do.</param>
    public static bool Send(string name, TextMatch? match)
    {
        if (Names.Contains(name) || Array.Exists(Prefixes, p => name.StartsWith(p, StringComparison.Ordinal)))
            return true;
        return Values.TryGetValue(name, out var values) && (match is null || Array.Exists(values, v => match.Fits(v)));
    }
}
