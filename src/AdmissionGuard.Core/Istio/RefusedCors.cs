using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about CORS.</summary>
internal static class RefusedCors
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"];

    public static void Check(Node cors, Refusals to)
    {
        if (!to.Read.Map(cors).IsObject)
            return;
        foreach (var origin in to.Read.Items(cors["allowOrigins"u8]))
        {
            if (!origin.IsObject)
                continue;
            var hasText = new[] { "exact", "prefix", "regex" }.Any(k => origin[k].Text is { Length: > 0 });
            if (hasText)
                RefusedMatch.Regex(origin, "allowOrigins", to);
            else
                to.Add(
                    origin,
                    "allowOrigins",
                    "an entry of allowOrigins says nothing, exact, prefix or regex is needed",
                    "- exact: https://shop.example"
                );
        }
        foreach (var item in to.Read.Items(cors["allowMethods"u8]))
        {
            if (to.Read.Text(item) is { } method && !Methods.Contains(method, StringComparer.Ordinal))
                to.Add(
                    item,
                    $"allowMethods {Refusals.Word(method)}",
                    $"{Refusals.Word(method)} is not a method of HTTP, capitals are needed",
                    "- GET"
                );
        }
        foreach (var key in (string[])["allowHeaders", "exposeHeaders"])
        {
            foreach (var item in to.Read.Items(cors[key]))
            {
                if (to.Read.Text(item) is { } name && !HeaderFormat.IsName(name))
                    to.Add(item, $"{key} {Refusals.Word(name)}", $"{Refusals.Word(name)} is not the name of a header");
            }
        }
        var age = cors["maxAge"u8];
        to.Duration(age, "maxAge");
        if (to.Read.Duration(age) is { } duration && duration.Ticks % TimeSpan.TicksPerSecond > 0)
            to.Add(age, "maxAge seconds", $"maxAge is {Durations.Write(duration)}, whole seconds are allowed", "maxAge: 24h");
    }
}
