using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Tests.Deploy;

namespace AdmissionGuard.Tests.Reference;

/// <summary>What the server may do in a cluster.</summary>
public sealed class AccessTests
{
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["namespaces"] = "labels, for namespaceSelector",
        ["guardpolicies"] = "what to enforce",
        ["guardexceptions"] = "what to leave alone",
        ["guardsettings"] = "what holds for the cluster",
        ["guardpolicies/status"] = "accepted or refused",
        ["guardexceptions/status"] = "accepted or refused",
        ["guardsettings/status"] = "accepted or refused",
        ["mutatingwebhookconfigurations"] = "caBundle",
        ["validatingwebhookconfigurations"] = "caBundle",
        ["secrets"] = "its own certificate",
        ["configmaps"] = "Istio's configuration",
        ["deployments"] = "Istio's version",
        ["leases"] = "who looks after the certificate, and who audits",
        ["reports"] = "the audit",
        ["clusterreports"] = "the audit",
        ["policyreports"] = "the audit",
        ["clusterpolicyreports"] = "the audit",
    };

    [Fact]
    public void Each_resource_is_a_kind_that_a_rule_judges_or_reads_or_has_a_reason()
    {
        var needed = Catalogue.Rules.SelectMany(r => r.Kinds.Concat(r.Reads)).Select(k => $"{k.Group}/{k.Plural}").ToHashSet(StringComparer.Ordinal);
        var granted = Rules().SelectMany(r => r["resources"u8].Texts().Select(p => (Resource: p, Full: $"{r.At("apiGroups/0").Text}/{p}"))).ToArray();
        Assert.All(granted, g => Assert.True(needed.Contains(g.Full) || Reasons.ContainsKey(g.Resource), g.Full));
        Assert.Equal(needed.Count + Reasons.Count, granted.DistinctBy(g => g.Full).Count());
    }

    [Fact]
    public void What_it_may_write_is_named_or_its_own_status()
    {
        foreach (var rule in Rules())
        {
            var writes = rule["verbs"u8].Texts().Except(["get", "list", "watch"]).ToArray();
            var reports = rule["resources"u8].Texts().All(r => r.EndsWith("reports", StringComparison.Ordinal));
            if (writes is ["create"] && (reports || rule["resources"u8].Texts() is ["leases"]))
                continue;
            Assert.Empty(writes.Except(reports ? ["patch", "delete"] : ["patch", "update"]));
            if (writes.Length > 0)
                Assert.True(
                    rule["resourceNames"u8].Texts() is { Length: > 0 } names
                        ? names.All(n => n.StartsWith("admissionguard", StringComparison.Ordinal))
                        : rule["resources"u8]
                            .Texts()
                            .All(r => r.StartsWith("guard", StringComparison.Ordinal) && r.EndsWith("/status", StringComparison.Ordinal))
                );
        }
    }

    private static IEnumerable<Node> Rules() =>
        Manifest
            .Parse("rbac.yaml", Encoding.UTF8.GetBytes(Access.Yaml()))
            .Where(d => d.Kind is "Role" or "ClusterRole")
            .SelectMany(d => d.Root["rules"u8].Nodes());
}
