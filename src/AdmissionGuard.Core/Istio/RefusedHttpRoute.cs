using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// The part of <see cref="RefusedVirtualService"/> that is about one http route (pkg/config/validation/virtualservice.go, validateHTTPRoute).
/// </summary>
internal static class RefusedHttpRoute
{
    private const int MostBody = 1024 * 1024;

    /// <summary>Istio makes such objects itself from an HTTPRoute, and checks less of them.</summary>
    public static bool IsInternal(KubeObject? service) =>
        service?.Root["metadata"u8]["annotations"u8]["internal.istio.io/route-semantics"u8].IsText("gateway"u8) ?? false;

    public static void Check(Node route, bool isDelegate, bool atGateway, Refusals to)
    {
        Conflicts(route, isDelegate, to);
        RefusedMatch.Check(route["match"u8], atGateway, to);
        if (HasMore(route))
            Rest(route, to);
        else
            RefusedRetries.Check(route["retries"u8], to);
        RefusedDestinations.Check(route["route"u8], to);
        to.Duration(route["timeout"u8], "timeout");
    }

    /// <summary>Whether a route has fields besides those of nearly every route.</summary>
    private static bool HasMore(Node route)
    {
        foreach (var field in route.Entries)
        {
            var isUsual =
                field.NameIs("route"u8)
                || field.NameIs("match"u8)
                || field.NameIs("timeout"u8)
                || field.NameIs("retries"u8)
                || field.NameIs("name"u8);
            if (!isUsual)
                return true;
        }
        return false;
    }

    private static void Rest(Node route, Refusals to)
    {
        RefusedHeaders.Check(route["headers"u8], to);
        RefusedFault.Check(route["fault"u8], to);
        RefusedCors.Check(route["corsPolicy"u8], to);
        RefusedDestinations.Mirrors(route, to);
        RefusedRedirect.Check(route, to);
        DirectResponse(route["directResponse"u8], to);
        RefusedRetries.Check(route["retries"u8], to);
        Rewrite(route["rewrite"u8], to);
        RefusedHeaders.Authority(route, to);
    }

    private static void Conflicts(Node route, bool isDelegate, Refusals to)
    {
        if (route["delegate"u8].Exists && !isDelegate)
        {
            Beside("delegate", route, to, "redirect", "route");
            return;
        }
        if (route["delegate"u8].Exists)
            to.Add(route["delegate"u8], "delegate", "a VirtualService without hosts delegates, it must route itself");
        if (route["redirect"u8].Exists)
            Beside("redirect", route, to, "route", "fault", "rewrite", "directResponse");
        else if (route["directResponse"u8].Exists)
            Beside("directResponse", route, to, "route", "fault", "rewrite");
        else if (route["route"u8].Count == 0)
            to.Add(Place.Of(route, "route"), "route", "the http route does nothing, one of route, redirect, directResponse or delegate is needed");
        if (route["mirror"u8].Exists && route["mirrors"u8].Count > 0)
            to.Add(route["mirror"u8], "mirror and mirrors", "mirror stands beside mirrors, one of them is allowed: move it into mirrors");
    }

    private static void Beside(string answer, Node route, Refusals to, params string[] others)
    {
        foreach (var other in others)
        {
            var node = route[other];
            if (node.IsArray ? node.Count > 0 : node.Exists)
                to.Add(node, $"{other} beside {answer}", $"{other} stands beside {answer}, only one of them is allowed: remove {other}");
        }
    }

    private static void DirectResponse(Node response, Refusals to)
    {
        if (!response.IsObject)
            return;
        var body = response["body"u8];
        var bytes = body["string"u8].Text is { } text ? System.Text.Encoding.UTF8.GetByteCount(text) : (body["bytes"u8].Text?.Length ?? 0) * 3L / 4;
        if (bytes > MostBody)
            to.Add(body, "body", $"the body of directResponse has {bytes} bytes, at most {MostBody} are allowed");
        to.Range(response["status"u8], "status", 200, 600);
    }

    private static void Rewrite(Node rewrite, Refusals to)
    {
        if (!rewrite.IsObject)
            return;
        var regex = rewrite["uriRegexRewrite"u8];
        var hasUri = rewrite["uri"u8].Text is { Length: > 0 };
        if (hasUri && regex.Exists)
            to.Add(rewrite, "rewrite", "rewrite has both uri and uriRegexRewrite, one of them is allowed");
        else if (!hasUri && !regex.Exists && rewrite["authority"u8].Text is not { Length: > 0 })
            to.Add(rewrite, "rewrite", "rewrite rewrites nothing, one of uri, uriRegexRewrite or authority is needed");
        if (!regex.IsObject)
            return;
        if (regex["match"u8].Text is not { Length: > 0 } pattern || regex["rewrite"u8].Text is not { Length: > 0 })
            to.Add(regex, "uriRegexRewrite", "uriRegexRewrite needs both match and rewrite");
        else if (Re2.Wrong(pattern) is { } why)
            to.Add(regex["match"u8], $"uriRegexRewrite {Refusals.Word(pattern)}", RefusedMatch.NotARegex(pattern, why));
    }
}
