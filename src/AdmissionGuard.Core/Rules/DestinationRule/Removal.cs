using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// A host that has outlier detection must not lose it because a DestinationRule goes, or goes elsewhere. See
/// docs/facts/istio.md#outlier-detection-fields.
/// </summary>
internal static class Removal
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-removal",
        Summary =
            "A DestinationRule must not be deleted, given another host or taken from its clients while a service has its outlier detection from it.",
        Why =
            "Callers fall to Istio's defaults the moment it is gone: no outlier detection and no limits, although nobody wrote anything "
            + "unsafe. No tool that looks at manifests sees what is no longer there.",
        Remedy = "Put another DestinationRule with outlier detection for the host beside it first, or delete the Service first.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        OnDelete = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var old = x.IsDeletion ? x.Subject.Root : x.Old?.Root ?? default;
        if (old["spec"u8]["host"u8].Text is not { Length: > 0 } written || StaysForAll(x, old["spec"u8]))
            return;
        var host = MeshHost.Qualify(written, x.Subject.Namespace, x.Settings.ClusterDomain);
        if (HostRegistry.Look(x.World, host, out _) == Presence.Absent && !MeshHost.IsWildcard(host))
            return;
        foreach (var one in HostPolicies.HostsOf(x.World, host))
        {
            if (FirstLoser(x, one, old) is not { } loser)
                continue;
            x.Report(
                Lost(x, written, loser.Caller.Namespace, loser.Target) with
                {
                    AtMost = MeshHost.IsInMesh(host, x.Settings.ClusterDomain) ? GuardAction.Deny : GuardAction.Warn,
                }
            );
            return;
        }
    }

    /// <summary>Who had outlier detection that can fire and has none now, at the host, a subset that stays, or a port.</summary>
    private static (Caller Caller, Protection.Target Target)? FirstLoser(Inspection x, string host, Node old)
    {
        var now = HostPolicies.Of(x);
        var before = now.With(x.Key, old);
        var ports = HostRegistry.KnownPorts(x.World, host);
        foreach (var caller in Callers.Of(x.World, host, x.Subject.Namespace, old["spec"u8], x.Spec))
        {
            if (before.For(host, caller) is not { } had)
                continue;
            var has = now.For(host, caller);
            foreach (var target in Protection.TargetsOf(had, has, ports))
            {
                if (Protection.Of(had, target, x.Settings.Mesh).Ejects && !Protection.Of(has, target, x.Settings.Mesh).Ejects)
                    return (caller, target);
            }
        }
        return null;
    }

    /// <summary>What changes within it is the matter of the rules about its content.</summary>
    private static bool StaysForAll(Inspection x, Node old) =>
        !x.IsDeletion
        && x.Spec["host"u8].SameAs(old["host"u8])
        && x.Spec["exportTo"u8].SameAs(old["exportTo"u8])
        && x.Spec["workloadSelector"u8].SameAs(old["workloadSelector"u8]);

    private static Finding Lost(Inspection x, string host, string? client, in Protection.Target target)
    {
        var whom = client is null ? "callers" : $"callers in namespace {Shown.Clip(client, 63)}";
        var written = x.Spec["host"u8];
        Place at;
        string what;
        if (x.IsDeletion)
        {
            at = written;
            what = "goes";
        }
        else if (!written.SameAs(x.Old!.Spec["host"u8]))
        {
            at = written;
            what = $"is for {Shown.Value(written)} now";
        }
        else if (!x.Spec["exportTo"u8].SameAs(x.Old.Spec["exportTo"u8]))
        {
            at = Place.Of(x.Spec, "exportTo");
            what = "is no longer exported to them";
        }
        else
        {
            at = Place.Of(x.Spec, "workloadSelector");
            what = "is only for some pods now";
        }
        return new Finding(
            at,
            "outlier detection",
            $"{Shown.Clip(host, 80)}{target} has its outlier detection from this rule, which {what}: {whom} keep sending requests to "
                + "failing endpoints"
        )
        {
            Limit = "another DestinationRule with outlier detection for the host",
        };
    }
}
