using System.Globalization;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about retries (agent/validation.go, ValidateHTTPRetry).</summary>
internal static class RefusedRetries
{
    private static readonly string[] Conditions =
    [
        "5xx",
        "gateway-error",
        "reset",
        "reset-before-request",
        "connect-failure",
        "retriable-4xx",
        "refused-stream",
        "retriable-status-codes",
        "retriable-headers",
        "envoy-ratelimited",
        "http3-post-connect-failure",
        "cancelled",
        "deadline-exceeded",
        "internal",
        "resource-exhausted",
        "unavailable",
    ];

    private static readonly string[] OfTries = ["perTryTimeout", "retryOn", "retryRemoteLocalities"];

    public static void Check(Node retries, Refusals to)
    {
        if (!to.Read.Map(retries).IsObject)
            return;
        var attempts = retries["attempts"u8].Exists ? to.Read.Integer(retries["attempts"u8]) : 0;
        if (attempts < 0)
            to.Add(retries["attempts"u8], "attempts", $"attempts is {attempts}, 0 or more is allowed", "attempts: 2");
        if (attempts == 0 && NeedsAttempts(retries))
        {
            var found = retries["attempts"u8].Exists ? "attempts is 0" : "retries has no attempts, which is 0";
            to.Add(
                Place.Of(retries, "attempts"),
                "attempts beside others",
                $"{found}, beside {string.Join(" and ", OfTries.Where(k => IsSet(retries[k])))}: write how often to retry, or attempts alone",
                "attempts: 2"
            );
        }
        to.Duration(retries["perTryTimeout"u8], "perTryTimeout");
        to.Duration(retries["backoff"u8], "backoff");
        var on = retries["retryOn"u8];
        if (to.Read.Text(on) is not { Length: > 0 } text)
            return;
        foreach (var range in text.AsSpan().Split(','))
        {
            if (IsCondition(text.AsSpan()[range]))
                continue;
            var condition = text[range];
            var trimmed = condition.Trim();
            var why =
                trimmed != condition && IsCondition(trimmed)
                    ? "commas without spaces are needed"
                    : "a condition of Envoy or an HTTP status is expected";
            to.Add(
                on,
                $"retryOn {Refusals.Word(condition)}",
                $"retryOn has {Refusals.Word(condition)}, {why}",
                "retryOn: connect-failure,refused-stream,503"
            );
        }
    }

    /// <summary>Whether it says how to retry, which Istio refuses where it does not retry.</summary>
    public static bool NeedsAttempts(Node retries) => OfTries.Any(k => IsSet(retries[k]));

    private static bool IsSet(Node node) => node.Exists && node.Text is not "";

    private static bool IsCondition(ReadOnlySpan<char> text)
    {
        foreach (var known in Conditions)
        {
            if (text.SequenceEqual(known))
                return true;
        }
        return IsStatus(text);
    }

    /// <summary>A number that has a name in HTTP, as Go lists them.</summary>
    private static bool IsStatus(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status)
        && status
            is (>= 100 and <= 103)
                or (>= 200 and <= 208)
                or 226
                or (>= 300 and <= 305)
                or 307
                or 308
                or (>= 400 and <= 418)
                or (>= 421 and <= 426)
                or 428
                or 429
                or 431
                or 451
                or (>= 500 and <= 508)
                or 510
                or 511;
}
