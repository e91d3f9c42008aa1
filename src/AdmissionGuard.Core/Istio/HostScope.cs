using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>What a DestinationRule is about: a service of the mesh, or something for which resilience rules are advice.</summary>
internal readonly struct HostScope
{
    private readonly KubeObject rule;

    public HostScope(KubeObject rule)
    {
        this.rule = rule;
        Host = rule.Read.Text(rule.Spec["host"u8]) ?? "";
        IsOnlyNames = NamesOnly(rule.Spec) && MeshHost.Service(Qualified, rule.Settings.ClusterDomain)?.Namespace != rule.Namespace;
        var isOne = MeshHost.IsInMesh(Host, rule.Settings.ClusterDomain);
        IsAdvice = !(isOne || MeshHost.IsOfOneService(Host, rule.Settings.ClusterDomain)) || OnlySetsTls(rule.Spec);
        var passThrough = rule.Spec["trafficPolicy"u8]["loadBalancer"u8]["simple"u8].IsText("PASSTHROUGH"u8);
        IsRepairable = isOne && !IsAdvice && !passThrough && rule.Namespace != rule.Settings.RootNamespace;
    }

    /// <summary>As written.</summary>
    public string Host { get; }

    public string Qualified => MeshHost.Qualify(Host, rule.Namespace, rule.Settings.ClusterDomain);

    /// <summary>A wildcard, an external host, a host that cannot be read, or a rule that is only about TLS.</summary>
    public bool IsAdvice { get; }

    /// <summary>
    /// Nothing but names of subsets, without labels and settings, for a service of another namespace, as routes through an egress gateway use them:
    /// it is not a policy and lacks none.
    /// </summary>
    public bool IsOnlyNames { get; }

    /// <summary>A repair here is sure to be meant: one service of the mesh, in a namespace of its own, with endpoints that Envoy chooses.</summary>
    public bool IsRepairable { get; }

    /// <summary>Whether a list of hosts, fully qualified and with <c>*</c>, names it.</summary>
    public bool IsAmong(IReadOnlyList<string> hosts) => hosts.Count > 0 && Wildcard.MatchesAny(hosts, Qualified);

    private static bool NamesOnly(Node spec)
    {
        if (spec["subsets"u8].Count == 0 || spec["trafficPolicy"u8].Exists)
            return false;
        foreach (var subset in spec["subsets"u8].Items)
        {
            if (subset["labels"u8].Exists || subset["trafficPolicy"u8].Exists)
                return false;
        }
        return true;
    }

    /// <summary>
    /// Some tls is set, and nothing else for anybody. Subsets that choose no pods are names for tls settings, as at egress gateways.
    /// </summary>
    private static bool OnlySetsTls(Node spec)
    {
        var any = false;
        if (!OnlyTlsIn(spec["trafficPolicy"u8], ref any))
            return false;
        foreach (var item in spec["subsets"u8].Items)
        {
            var subset = item;
            if (subset["labels"u8].HasEntries || !OnlyTlsIn(subset["trafficPolicy"u8], ref any))
                return false;
        }
        return any;
    }

    private static bool OnlyTlsIn(Node policy, ref bool any)
    {
        any |= policy["tls"u8].Exists;
        if (!OnlyTlsBeside(policy, "portLevelSettings"u8))
            return false;
        foreach (var item in policy["portLevelSettings"u8].Items)
        {
            any |= item["tls"u8].Exists;
            if (!OnlyTlsBeside(item, "port"u8))
                return false;
        }
        return true;
    }

    private static bool OnlyTlsBeside(Node policy, ReadOnlySpan<byte> other)
    {
        foreach (var entry in policy.Entries)
        {
            if (entry.Value.Exists && !entry.NameIs("tls"u8) && !entry.NameIs(other))
                return false;
        }
        return true;
    }
}
