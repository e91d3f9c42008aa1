using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.AnalysisTemplate;

/// <summary>Numbers come from whom one thinks, and secrets stay in Secrets. See docs/facts/argo-rollouts.md#run-copies.</summary>
internal static class Connection
{
    /// <summary>At the end of a name: a secret-name or token-url is none.</summary>
    private static readonly string[] SecretWords =
    [
        "token",
        "password",
        "secret",
        "apikey",
        "api-key",
        "api_key",
        "application-key",
        "credential",
        "credentials",
        "authorization",
    ];

    public static readonly Rule Rule = new()
    {
        Id = "analysis-template-connection",
        Summary = "A provider should be reached over TLS that is verified or within the cluster, with secrets taken from Secrets.",
        Why =
            "Whoever stands between the controller and the provider can promote or abort releases, and reads the headers. A template is "
            + "readable by many and lies in Git, "
            + "and Argo copies plain arguments into every AnalysisRun; a secretKeyRef is read when it is used and is not copied (argo-rollouts "
            + "docs, analysis, arguments).",
        Remedy = "Use https without insecure, a Service's address within the cluster, and arguments with valueFrom.secretKeyRef.",
        Kinds = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var item in x.Read.Items(x.Spec["args"u8]))
        {
            var arg = item;
            if (arg["name"u8].Text is { } name && IsSecret(name) && IsLiteral(arg["value"u8]))
                x.Report(Literal(arg["value"u8], "argument", name, $"args {name}", "valueFrom", name));
        }
        foreach (var metric in new AnalysisSpec(x.Spec, x.Read).Metrics)
        {
            foreach (var entry in metric.Provider.Entries)
            {
                // what a plugin or a Job makes of its fields is its own matter
                if (entry.Name is not ("job" or "plugin"))
                    Judge(x, metric, entry.Value);
            }
        }
    }

    private static void Judge(Inspection x, AnalysisMetric metric, Node provider)
    {
        if (x.Read.Boolean(provider["insecure"u8]) == true)
        {
            x.Report(
                new Finding(
                    provider["insecure"u8],
                    $"{metric.Name} insecure",
                    $"insecure is true for {metric.Title}, false is wanted: whoever answers in the provider's place is believed"
                )
                {
                    Found = "true",
                    Limit = "false",
                    Excess = 1,
                    Remedy = "insecure: false",
                }
            );
        }
        foreach (var field in (string[])["address", "url"])
        {
            if (PlainAddress.OutsideHost(provider[field].Text, x.Settings.ClusterDomain) is { } host)
                x.Report(Plain(metric, provider[field], host));
        }
        foreach (var item in provider["headers"u8].Items)
        {
            var header = item;
            if (header["key"u8].Text is { } key && IsSecret(key) && IsLiteral(header["value"u8]))
                x.Report(Literal(header["value"u8], "header", key, $"{metric.Name} headers {key}", "value", null));
        }
        var authentication = provider["authentication"u8];
        foreach (var (place, field) in ((Node, string)[])[(authentication["oauth2"u8], "clientSecret"), (authentication["basicAuth"u8], "password")])
        {
            if (IsLiteral(place[field]))
                x.Report(Literal(place[field], "field", field, $"{metric.Name} {field}", field, null));
        }
    }

    private static Finding Plain(AnalysisMetric metric, Node address, string host) =>
        new(
            address,
            $"{metric.Name} http",
            $"{metric.Title} asks {Shown.Quote(Shown.Clip(host, 80))} over plain http, https is wanted outside the cluster: anybody on the "
                + $"way can change the answer"
        )
        {
            Found = "http",
            Limit = "https",
            Excess = 1,
        };

    /// <summary>The value itself is never shown.</summary>
    private static Finding Literal(Node at, string what, string name, string key, string field, string? secretKey) =>
        new(
            at,
            key,
            $"{what} {Shown.Quote(Shown.Clip(name, 60))} has its value written out, a reference to a Secret is wanted: everybody who reads "
                + $"the template reads it"
        )
        {
            Found = "a value",
            Limit = "a secretKeyRef",
            Excess = 1,
            Remedy = secretKey is null
                ? $"{field}: \"{{{{args.{Argument(name)}}}}}\"   # and this argument with valueFrom.secretKeyRef"
                : $"valueFrom:\n  secretKeyRef:\n    name: analysis-secrets\n    key: {Argument(secretKey)}",
        };

    private static string Argument(string name) =>
        string.Concat(Shown.Clip(name, 50).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));

    private static bool IsLiteral(Node value) => value.Text is { Length: > 0 } text && !text.Contains("{{", StringComparison.Ordinal);

    private static bool IsSecret(string name) => SecretWords.Any(w => name.EndsWith(w, StringComparison.OrdinalIgnoreCase));
}
