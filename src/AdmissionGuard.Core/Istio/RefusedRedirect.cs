using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about a redirect; Istio names the first fault of it alone.</summary>
internal static class RefusedRedirect
{
    public static void Check(Node route, Refusals to)
    {
        var redirect = to.Read.Map(route["redirect"u8]);
        if (!redirect.IsObject)
            return;
        var hasUri = HasText(redirect["uri"u8]);
        var hasPrefix = HasText(redirect["prefixRewrite"u8]);
        var goesElsewhere =
            HasText(redirect["authority"u8]) || HasText(redirect["scheme"u8]) || redirect["port"u8].Exists || redirect["derivePort"u8].Exists;
        if (hasUri && hasPrefix)
            to.Add(redirect, "redirect", "redirect has both uri and prefixRewrite, one of them is allowed");
        else if (hasPrefix && MatchesOtherwise(route["match"u8]))
            to.Add(redirect["prefixRewrite"u8], "prefixRewrite", "prefixRewrite needs a prefix in every uri that the route matches");
        else if (!hasUri && !hasPrefix && !goesElsewhere)
            to.Add(redirect, "redirect", "redirect leads nowhere, one of uri, prefixRewrite, authority, scheme or port is needed");
        if (to.Read.Integer(redirect["redirectCode"u8]) is { } code && code is not (0 or (>= 300 and <= 399)))
            to.Add(redirect["redirectCode"u8], "redirectCode", $"redirectCode is {code}, 300 to 399 is allowed", "redirectCode: 302");
        if (to.Read.Text(redirect["scheme"u8]) is { } scheme && scheme is not ("" or "http" or "https"))
            to.Add(redirect["scheme"u8], "scheme", $"scheme is {Refusals.Word(scheme)}, http or https is allowed", "scheme: https");
        to.Port(redirect["port"u8], "port", zeroIsUnset: true);
    }

    private static bool HasText(Node node) => node.Text is { Length: > 0 };

    private static bool MatchesOtherwise(Node list)
    {
        foreach (var match in list.Items)
        {
            if (match["uri"u8].Exists && !match["uri"u8]["prefix"u8].Exists)
                return true;
        }
        return false;
    }
}
