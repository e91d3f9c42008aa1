using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What Istio's schema and webhook refuse of a DestinationRule (istio/istio 1.32, pkg/config/validation/validation.go, ValidateDestinationRule;
/// docs/facts/istio.md#validation).
/// </summary>
internal static class RefusedDestinationRule
{
    public static IReadOnlyList<Finding> Of(KubeObject rule)
    {
        var to = new Refusals(rule);
        var spec = rule.Spec;
        if (!to.HasSpec("host is"))
            return to.Found;
        var host = spec["host"u8];
        if (to.Read.Text(host) is { } name && IstioNames.WrongHost(name) is { } why)
            to.Add(host, "host", $"host {Refusals.Word(name)} is not a host, {why}");
        RefusedTrafficPolicy.Check(spec["trafficPolicy"u8], to);
        Subsets(spec["subsets"u8], to);
        to.Scope = "";
        var selector = spec["workloadSelector"u8];
        to.ExportTo(spec["exportTo"u8], onlyOwn: selector.Exists);
        to.Selector(selector["matchLabels"u8], "workloadSelector");
        CrdShapesOfPolicies.DestinationRule.Check(spec, "spec", to);
        return to.Found;
    }

    private static void Subsets(Node subsets, Refusals to)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in to.Read.Items(subsets))
        {
            var subset = to.Read.Map(item);
            var node = subset["name"u8];
            var name = to.Read.Text(node) ?? "";
            to.Scope = $"subset {Shown.Clip(name, Shown.WordLength)}";
            if (node.Text is not null && name.Length == 0)
                to.Add(node, "name", "the subset has an empty name, a DNS label such as v1 is expected", "name: v1");
            else if (name.Length > 0 && !IstioNames.IsLabel(name))
                to.Add(node, "name", $"the subset is named {Refusals.Word(name)}, a DNS label such as v1 is expected", "name: v1");
            else if (!names.Add(name))
                to.Add(node, "name twice", $"the subset {Refusals.Word(name)} is there twice, each name may be there once");
            to.Labels(subset["labels"u8], "labels");
            RefusedTrafficPolicy.Check(subset["trafficPolicy"u8], to);
        }
    }
}
