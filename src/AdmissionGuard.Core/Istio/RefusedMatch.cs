using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about the conditions of an http route.</summary>
internal static class RefusedMatch
{
    public static void Check(Node list, bool atGateway, Refusals to)
    {
        foreach (var item in to.Read.Items(list))
        {
            var match = to.Read.Map(item);
            Headers(match["headers"u8], "headers", atGateway, to);
            Headers(match["withoutHeaders"u8], "withoutHeaders", atGateway, to);
            Regex(match["uri"u8], "uri", to);
            Text(match["scheme"u8], "scheme", to);
            Text(match["method"u8], "method", to);
            Text(match["authority"u8], "authority", to);
            foreach (var entry in to.Read.Map(match["queryParams"u8]).Entries)
                Text(entry.Value, $"queryParams {Refusals.Word(entry.Name)}", to);
            to.Port(match["port"u8], "port", zeroIsUnset: true);
            to.Labels(match["sourceLabels"u8], "sourceLabels");
            RefusedVirtualService.GatewayNames(match["gateways"u8], to);
            var source = match["sourceNamespace"u8];
            if (to.Read.Text(source) is { Length: > 0 } text && !IstioNames.IsLabel(text))
                to.Add(source, "sourceNamespace", $"sourceNamespace is {Refusals.Word(text)}, the name of one namespace is expected");
        }
    }

    private static void Headers(Node headers, string key, bool atGateway, Refusals to)
    {
        foreach (var entry in to.Read.Map(headers).Entries)
        {
            var value = entry.Value;
            var name = Refusals.Word(entry.Name);
            if (!atGateway && HeaderFormat.IsClaim(entry.Name))
                to.Add(
                    value,
                    $"{key} {name}",
                    $"{name} is a claim of a token, which only routes at gateways can match: name gateways without \"mesh\""
                );
            else if (!HeaderFormat.IsMatchable(entry.Name))
                to.Add(value, $"{key} {name}", $"{name} is not the name of a header");
            else if (key == "headers" || !value["regex"u8].IsText("*"u8))
                Text(value, $"{key} {name}", to);
        }
    }

    /// <summary>A prefix that must not be empty, or a regular expression.</summary>
    private static void Text(Node match, string name, Refusals to)
    {
        if (match["prefix"u8].Text is { Length: 0 })
            to.Add(match["prefix"u8], $"{name} prefix", $"the prefix of {name} is empty, leave the condition out where every value is meant");
        else
            Regex(match, name, to);
    }

    public static void Regex(Node match, string name, Refusals to)
    {
        var node = match["regex"u8];
        if (node.Text is not { } pattern)
            return;
        if (pattern.Length == 0)
            to.Add(node, $"{name} regex", $"the regex of {name} is empty, leave the condition out where every value is meant");
        else if (Re2.Wrong(pattern) is { } why)
            to.Add(node, $"{name} regex {Refusals.Word(pattern)}", NotARegex(pattern, why));
    }

    public static string NotARegex(string pattern, string why) => $"{Refusals.Word(pattern)} is not a regular expression of RE2, {why}";
}
