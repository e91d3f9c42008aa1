using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// The callers that a DestinationRule can make a difference for: those of its namespace, without labels and with those by which rules there pick
/// pods; those in namespaces that a rule for the host names; and, where none is named, those in any other. Who lists namespaces has named the
/// clients.
/// </summary>
internal static class Callers
{
    /// <summary>Of one kind; more are nobody's intention.</summary>
    private const int Most = 10;

    /// <param name="host">Qualified.</param>
    /// <param name="specs">Of the rule: as it is and as it was.</param>
    public static IReadOnlyList<Caller> Of(View world, string host, string @namespace, params Node[] specs)
    {
        var all = specs.Concat(world.Claiming(host, ObjectKind.DestinationRule, @namespace).Take(Most).Select(r => r.Root["spec"u8])).ToList();
        var named = all.SelectMany(s => new Audience(s["exportTo"u8], @namespace).Namespaces).Where(n => n != @namespace);
        var callers = named.Distinct(StringComparer.Ordinal).Take(Most).Select(n => new Caller(n)).ToList();
        if (callers.Count == 0)
            callers.Add(new Caller(null));
        callers.Add(new Caller(@namespace));
        foreach (var spec in all)
        {
            if (spec["workloadSelector"u8]["matchLabels"u8] is { Exists: true } labels && !callers.Exists(c => c.Labels.SameAs(labels)))
                callers.Add(new Caller(@namespace, labels));
        }
        return callers;
    }
}
