using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>What a DestinationRule is about: a service of the mesh, or something for which resilience rules are advice (DR-001).</summary>
internal readonly struct HostScope
{
    public HostScope(Subject rule)
    {
        Host = rule.Spec["host"u8].Text ?? "";
        Qualified = Istio.Host.Qualify(Host, rule.Namespace, rule.Settings.ClusterDomain);
        var onlyTls = OnlySetsTls(rule.Spec);
        IsAdvice = onlyTls || !Istio.Host.IsInMesh(Host, rule.Settings.ClusterDomain);
        var passThrough = rule.Spec["trafficPolicy"u8]["loadBalancer"u8]["simple"u8].IsText("PASSTHROUGH"u8);
        IsRepairable = !IsAdvice && !passThrough && rule.Namespace != rule.Settings.RootNamespace;
    }

    /// <summary>As written.</summary>
    public string Host { get; }

    public string Qualified { get; }

    /// <summary>A wildcard, an external host, or a rule that is only about TLS.</summary>
    public bool IsAdvice { get; }

    /// <summary>A repair here is sure to be meant: one service of the mesh, in a namespace of its own, with endpoints that Envoy chooses.</summary>
    public bool IsRepairable { get; }

    private static bool OnlySetsTls(Node spec)
    {
        if (spec["subsets"u8].Count > 0) return false;
        var policy = spec["trafficPolicy"u8];
        var any = false;
        foreach (var entry in policy.Entries)
        {
            if (entry.NameEquals("portLevelSettings"u8))
            {
                foreach (var item in new Node(entry.Value).Items)
                {
                    foreach (var setting in new Node(item).Entries)
                    {
                        if (!setting.NameEquals("tls"u8) && !setting.NameEquals("port"u8)) return false;
                    }
                }
            }
            else if (!entry.NameEquals("tls"u8))
            {
                return false;
            }
            any = true;
        }
        return any;
    }
}
