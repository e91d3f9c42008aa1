using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Settings;

/// <summary>
/// What Istio's own configuration says for the whole mesh, as far as rules need it (docs/facts/istio.md#mesh-config). Absent is Istio's default.
/// </summary>
public sealed record MeshConfig
{
    /// <summary>Istio's usual name of its ConfigMap.</summary>
    public const string UsualConfigMap = "istio";

    /// <summary>Nothing is known, so Istio's defaults hold.</summary>
    public static MeshConfig Unknown { get; } = new();

    /// <summary>The ConfigMap that holds the configuration, in the root namespace.</summary>
    public string ConfigMap { get; init; } = UsualConfigMap;

    /// <summary>Istio's version; null where it is not known, which means the newest that is modelled.</summary>
    public IstioVersion? Version { get; init; }

    /// <summary>The namespace whose rules are for the whole mesh; null where nothing is said.</summary>
    public string? RootNamespace { get; init; }

    public string? TrustDomain { get; init; }

    /// <summary>
    /// <c>connectionPool</c> and <c>outlierDetection</c> for every host whose DestinationRule has no such message of its own, since Istio 1.31
    /// (docs/facts/istio.md#mesh-default-policy).
    /// </summary>
    public Node DefaultTrafficPolicy { get; init; }

    /// <summary>The retries of routes that have none of their own.</summary>
    public Node DefaultHttpRetryPolicy { get; init; }

    /// <summary>How long a TCP connection may take where no DestinationRule says it.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>A DestinationRule without <c>exportTo</c> is for its own namespace only.</summary>
    public bool KeepsRulesPrivate { get; init; }

    /// <summary>A VirtualService without <c>exportTo</c> is for its own namespace only.</summary>
    public bool KeepsRoutesPrivate { get; init; }

    /// <summary>What is unclear, for whoever reads findings; one sentence each.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The keys that rules need, of a MeshConfig; what has the wrong type is taken as absent, as it is Istio's matter.</summary>
    /// <param name="config">The YAML under <c>mesh</c> of the ConfigMap, parsed.</param>
    public static MeshConfig Of(Node config)
    {
        var exported = config["defaultDestinationRuleExportTo"u8];
        return new MeshConfig
        {
            RootNamespace = TextOf(config["rootNamespace"u8]),
            TrustDomain = TextOf(config["trustDomain"u8]),
            DefaultTrafficPolicy = MapOf(config["defaultTrafficPolicy"u8]),
            DefaultHttpRetryPolicy = MapOf(config["defaultHttpRetryPolicy"u8]),
            ConnectTimeout = new Reader().Duration(config["connectTimeout"u8]),
            KeepsRulesPrivate = exported.Items.Any(i => i.IsText("."u8)),
            KeepsRoutesPrivate = config["defaultVirtualServiceExportTo"u8].Items.Any(i => i.IsText("."u8)),
        };
    }

    /// <summary>These keys over those of another: what is given here wins.</summary>
    public MeshConfig Over(MeshConfig below) =>
        below with
        {
            ConfigMap = ConfigMap,
            Version = Version ?? below.Version,
            RootNamespace = RootNamespace ?? below.RootNamespace,
            TrustDomain = TrustDomain ?? below.TrustDomain,
            DefaultTrafficPolicy = DefaultTrafficPolicy.Exists ? DefaultTrafficPolicy : below.DefaultTrafficPolicy,
            DefaultHttpRetryPolicy = DefaultHttpRetryPolicy.Exists ? DefaultHttpRetryPolicy : below.DefaultHttpRetryPolicy,
            ConnectTimeout = ConnectTimeout ?? below.ConnectTimeout,
            KeepsRulesPrivate = KeepsRulesPrivate || below.KeepsRulesPrivate,
            KeepsRoutesPrivate = KeepsRoutesPrivate || below.KeepsRoutesPrivate,
            Notices = [.. Notices, .. below.Notices],
        };

    private static string? TextOf(Node node) => node.Text is { Length: > 0 } text ? text : null;

    private static Node MapOf(Node node) => node.IsObject ? node : default;
}
