using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>Why Istio drops a route that delegates. Rules that ask read VirtualServices and Services.</summary>
/// <param name="Most">
/// What may be done about it: no denial where a cluster may have the delegate, nothing said to people where it may be anywhere.
/// </param>
internal sealed record DelegateFault(string Text, GuardAction Most)
{
    /// <summary>Null where the route goes to its delegate, or where nobody can tell.</summary>
    public static DelegateFault? Of(Inspection x, VirtualServiceRoute route, ObjectKey target)
    {
        var presence = x.World.LookBesideMine(target, out var root);
        var name = target.TitleIn(x.Subject.Namespace);
        if (presence == Presence.Unknown)
        {
            if (x.World.KnowsAny(ObjectKind.Service, target.Namespace))
                return new DelegateFault($"{name} is not given beside the Services of its namespace", GuardAction.Warn);
            return x.World.IsGivenInPart(ObjectKind.Service)
                ? new DelegateFault($"{name} is not among these manifests, and if the cluster has none either", GuardAction.Audit)
                : null;
        }
        if (presence == Presence.Absent)
            return new DelegateFault($"{name} does not exist", x.World.IsWhole ? GuardAction.Deny : GuardAction.Warn);
        if (WhyNot(root, target, x.Subject.Namespace) is { } why)
            return new DelegateFault($"{name} {why}", GuardAction.Deny);
        return HasConflict(route, root)
            ? new DelegateFault(
                $"each match of {name} conflicts with this route's: a delegate may only narrow it, and a regex goes with no other uri",
                GuardAction.Deny
            )
            : null;
    }

    /// <summary>Why it is no delegate for roots of a namespace; null where it is one.</summary>
    public static string? WhyNot(Node root, ObjectKey target, string @namespace)
    {
        var spec = root["spec"u8];
        if (spec["hosts"u8].Count > 0)
            return "has hosts, so it is not a delegate";
        if (spec["http"u8].Items.Any(r => r["delegate"u8].Exists))
            return "delegates further, which only roots may";
        return new Audience(spec["exportTo"u8], target.Namespace).Reaches(@namespace)
            ? null
            : $"is not exported to namespace {Shown.Clip(@namespace, 63)}";
    }

    /// <summary>Whether no route of the delegate goes with this one.</summary>
    private static bool HasConflict(VirtualServiceRoute by, Node root) =>
        by.Match.Count > 0
        && root["spec"u8]["http"u8].Count > 0
        && root["spec"u8]["http"u8].Items.All(r => DelegateConflict.OfAll(by.Match, r["match"u8]));
}
