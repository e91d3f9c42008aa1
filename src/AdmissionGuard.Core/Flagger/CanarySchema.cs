using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// What the definition of a Canary refuses, as an API server with it does (flagger artifacts/flagger/crd.yaml; docs/facts/flagger.md#schema): values
/// that must be one of a list, durations by their form, what is required, and the ways of an analysis of which exactly one must be written.
/// </summary>
internal static class CanarySchema
{
    /// <param name="At">Where; with the key where one is missing.</param>
    /// <param name="Message">What is wrong, with what is allowed.</param>
    internal readonly record struct Fault(Place At, string Key, string Message);

    private static readonly (string Path, string[] Values)[] OneOf =
    [
        (
            "provider",
            [
                "istio",
                "linkerd",
                "kubernetes",
                "gatewayapi:v1",
                "gatewayapi:v1beta1",
                "smi:v1alpha1",
                "smi:v1alpha2",
                "smi:v1alpha3",
                "nginx",
                "contour",
                "traefik",
                "gloo",
                "skipper",
                "apisix",
                "kuma",
                "osm",
                "knative",
                "appmesh",
                "appmesh:v1beta2",
            ]
        ),
        ("targetRef/kind", ["Deployment", "DaemonSet", "Service"]),
        ("autoscalerRef/kind", ["HorizontalPodAutoscaler", "ScaledObject"]),
        ("analysis/sessionAffinity/sameSite", ["Strict", "Lax", "None"]),
        (
            "analysis/webhooks/*/type",
            ["", "confirm-rollout", "pre-rollout", "rollout", "confirm-promotion", "post-rollout", "event", "rollback", "confirm-traffic-increase"]
        ),
        ("analysis/alerts/*/severity", ["", "info", "warn", "error"]),
        ("service/trafficDistribution", ["PreferClose", "PreferSameZone", "PreferSameNode"]),
        ("service/trafficPolicy/tls/mode", ["DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"]),
        ("service/trafficPolicy/loadBalancer/simple", ["ROUND_ROBIN", "LEAST_REQUEST", "LEAST_CONN", "RANDOM", "PASSTHROUGH"]),
        ("service/trafficPolicy/connectionPool/http/h2UpgradePolicy", ["DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"]),
    ];

    private static readonly string[] Durations = ["analysis/interval", "analysis/metrics/*/interval", "analysis/webhooks/*/timeout"];

    private static readonly (string Path, string Key)[] Required =
    [
        ("", "targetRef"),
        ("", "analysis"),
        ("targetRef", "apiVersion"),
        ("targetRef", "kind"),
        ("targetRef", "name"),
        ("service", "port"),
        ("analysis/metrics/*", "name"),
        ("analysis/metrics/*/templateRef", "name"),
        ("analysis/webhooks/*", "name"),
        ("analysis/webhooks/*", "url"),
        ("analysis/sessionAffinity", "cookieName"),
        ("autoscalerRef", "apiVersion"),
        ("autoscalerRef", "kind"),
        ("autoscalerRef", "name"),
        ("service/gatewayRefs/*", "name"),
    ];

    /// <summary>Of a spec that is a map; what has another type is no matter of these.</summary>
    public static IEnumerable<Fault> Of(Node spec)
    {
        foreach (var (path, key) in Required)
        {
            foreach (var parent in NodesAt(spec, path).Where(p => p.IsObject && !p[key].Exists))
                yield return new Fault(new Place(parent, key), $"{path} {key}", $"no {key}, it is required");
        }
        foreach (var (path, values) in OneOf)
        {
            foreach (var at in NodesAt(spec, path).Where(n => n.Text is { } text && !values.Contains(text, StringComparer.Ordinal)))
                yield return new Fault(at, path, $"{Shown.Value(at)} is none of {string.Join(", ", values.Where(v => v.Length > 0))}");
        }
        foreach (var path in Durations)
        {
            foreach (var at in NodesAt(spec, path).Where(n => n.Text is { } text && !IsDuration(text)))
                yield return new Fault(at, path, $"{Shown.Value(at)} does not begin with minutes or seconds such as 1m or 30s");
        }
        if (Ways(spec["analysis"u8]) is { } fault)
            yield return fault;
    }

    /// <summary>Exactly one of the three ways, each with its interval and threshold.</summary>
    private static Fault? Ways(Node analysis)
    {
        if (!analysis.IsObject)
            return null;
        string[] ways = ["stepWeight", "stepWeights", "iterations"];
        var written = ways.Where(w => analysis[w].Exists).ToList();
        if (written.Count == 0)
            return new Fault(new Place(analysis, "stepWeight"), "analysis", "no stepWeight, stepWeights or iterations, one of them is required");
        if (written.Count > 1)
            return new Fault(analysis[written[^1]], "analysis", $"{string.Join(" and ", written)} are written, only one of them is allowed");
        foreach (var key in (string[])["interval", "threshold"])
        {
            if (!analysis[key].Exists)
                return new Fault(new Place(analysis, key), $"analysis {key}", $"no {key}, it is required");
        }
        return null;
    }

    /// <summary>The nodes at a path; <c>*</c> is each item of a list.</summary>
    private static IEnumerable<Node> NodesAt(Node from, string path)
    {
        IEnumerable<Node> nodes = [from];
        foreach (var key in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            nodes = key == "*" ? nodes.SelectMany(Items) : nodes.Select(n => n[key]).Where(n => n.Exists);
        return nodes;
    }

    private static IEnumerable<Node> Items(Node list)
    {
        foreach (var item in list.Items)
            yield return item;
    }

    /// <summary>The definition's pattern <c>^[0-9]+(m|s)</c>, which is open at the end: <c>1m30</c> passes, and Go cannot read it.</summary>
    private static bool IsDuration(string text)
    {
        var unit = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return unit > 0 && text[unit] is ('m' or 's');
    }
}
