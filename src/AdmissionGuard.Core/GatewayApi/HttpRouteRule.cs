using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.GatewayApi;

/// <summary>A rule of a Gateway API HTTPRoute (docs/facts/gateway-api.md#backend-weights).</summary>
internal sealed class HttpRouteRule : SplitRoute
{
    private HttpRouteRule(Node node, int index, Reader read)
        : base(node, "rule", index, Shares.OfHttpRoute(node["backendRefs"u8], read)) { }

    public override Node NameNode => Node["name"u8];

    public override Node Match => Node["matches"u8];

    public override Node Destinations => Node["backendRefs"u8];

    public override string ListName => "backendRefs";

    /// <summary>No match, or one of every path and nothing else: what the definition's default writes where there is none.</summary>
    public override bool IsCatchAll
    {
        get
        {
            foreach (var item in Match.Items)
            {
                if (TakesAll(item))
                    return true;
            }
            return Match.Count == 0 && (!Match.Exists || Match.IsArray);
        }
    }

    public override string CanonicalMatch => IsCatchAll ? "any" : new MatchSet(Match).Canonical;

    /// <summary>Whether a filter answers by itself, or may: a redirect, or one that the Gateway API does not know.</summary>
    public bool MayAnswer =>
        Node["filters"u8]
            .Items.Any(f => !(f["type"u8].Text is "RequestHeaderModifier" or "ResponseHeaderModifier" or "RequestMirror" or "URLRewrite"));

    /// <summary>It sends requests to backends: without one of a weight above 0 there is nothing to wait for or to try again.</summary>
    public bool Forwards => Destinations.Count > 0 && !(Shares.IsKnown && Shares.Sum == 0);

    /// <summary>Whether no request of another method comes this way.</summary>
    public bool TakesOnlyMethods(IReadOnlyList<string> methods) =>
        Match.Count > 0 && Match.Items.All(m => m["method"u8].Text is { } method && methods.Contains(method, StringComparer.Ordinal));

    public override string Noun => "rule";

    protected override string? Words
    {
        get
        {
            foreach (var item in Match.Items)
            {
                var entry = item;
                if (entry["path"u8]["value"u8].Text is { Length: > 0 } path && !TakesEveryPath(entry["path"u8]))
                    return Shown.Clip(path, 40);
                foreach (var header in entry["headers"u8].Items)
                    return $"header {Shown.Clip(header["name"u8].Text ?? "", 40)}";
                foreach (var query in entry["queryParams"u8].Items)
                    return $"query {Shown.Clip(query["name"u8].Text ?? "", 40)}";
                if (entry["method"u8].Text is { Length: > 0 } method)
                    return Shown.Clip(method, 10);
            }
            return null;
        }
    }

    public static IReadOnlyList<HttpRouteRule> Of(Node spec, Reader read)
    {
        var rules = new List<HttpRouteRule>(spec["rules"u8].Count);
        foreach (var item in read.Items(spec["rules"u8]))
            rules.Add(new HttpRouteRule(read.Map(item), rules.Count, read));
        return rules;
    }

    public override Destination DestinationOf(Node item, KubeObject of) =>
        new(BackendHost.Of(item, of.Namespace, of.Settings.ClusterDomain) ?? "", null, of.Read.Integer(item["port"u8]));

    public override IEnumerable<string> LinesOf(Node item)
    {
        foreach (var key in (string[])["group", "kind"])
        {
            if (item[key].Text is { Length: > 0 } text && text != "Service")
                yield return $"{key}: {Yaml.Text(text)}";
        }
        yield return $"name: {Yaml.Text(item["name"u8].Text ?? "")}";
        if (item["namespace"u8].Text is { Length: > 0 } @namespace)
            yield return $"namespace: {Yaml.Text(@namespace)}";
        if (item["port"u8].Exists)
            yield return $"port: {Shown.Value(item["port"u8])}";
    }

    public override string? KeptOf(Node item) => item["filters"u8].Count > 0 ? "filters" : null;

    private static bool TakesAll(Node match)
    {
        foreach (var field in match.Entries)
        {
            if (!field.NameIs("path"u8) || !TakesEveryPath(field.Value))
                return false;
        }
        return match.IsObject;
    }

    /// <summary>The type's default is PathPrefix, the value's is <c>/</c>.</summary>
    private static bool TakesEveryPath(Node path) =>
        path.IsObject
        && (!path["type"u8].Exists || path["type"u8].IsText("PathPrefix"u8))
        && (!path["value"u8].Exists || path["value"u8].IsText("/"u8));
}
