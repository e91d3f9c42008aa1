using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>Why the server refused, as its Status object says, or its text where it sends none.</summary>
internal static class StatusBody
{
    public static async Task<ApiException> Read(HttpResponseMessage response, Uri server, string what, TimeProvider time, CancellationToken stop)
    {
        var reason = response.StatusCode.ToString();
        var said = "";
        TimeSpan? after = null;
        IReadOnlyList<string> causes = [];
        try
        {
            var body = await ResponseBody.Read(response, ApiLimits.StatusBytes, time, stop);
            said = Encoding.UTF8.GetString(body.Span).Trim();
            var root = Node.Parse(body);
            if (root["message"u8].Text is { } message)
                said = message;
            if (root["reason"u8].Text is { Length: > 0 } text)
                reason = text;
            causes = CausesOf(root);
            if (root["details"u8]["retryAfterSeconds"u8].TryGetInt32(out var wait))
                after = TimeSpan.FromSeconds(wait);
        }
        catch (Exception e) when (e is JsonException or ApiException)
        {
            // a proxy's page, or nothing: the status alone has to do
            if (said.Length == 0)
                said = response.ReasonPhrase ?? "";
        }
        if (said.Length > ApiLimits.StatusText)
            said = said[..ApiLimits.StatusText] + "...";
        return Make(
            response.StatusCode,
            reason,
            $"{server}: {what}: {said.ReplaceLineEndings(" ")} ({(int)response.StatusCode})",
            RetryAfter(response) ?? after,
            causes
        );
    }

    /// <summary>Of an ERROR event in a watch.</summary>
    public static ApiException Of(Node status, string what)
    {
        var code = status["code"u8].TryGetInt32(out var value) ? value : (int)HttpStatusCode.InternalServerError;
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {(status["message"u8].Text ?? "no message").ReplaceLineEndings(" ")} ({code})"
        );
        return Make((HttpStatusCode)code, status["reason"u8].Text ?? ((HttpStatusCode)code).ToString(), message, after: null, CausesOf(status));
    }

    private static ApiException Make(HttpStatusCode status, string reason, string message, TimeSpan? after, IReadOnlyList<string> causes) =>
        new(status, reason, message) { RetryAfter = after, Causes = causes };

    private static IReadOnlyList<string> CausesOf(Node status) =>
        [.. status["details"u8]["causes"u8].Items.Select(c => c["reason"u8].Text).OfType<string>()];

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter is { Delta: { } delta } ? delta : null;
}
