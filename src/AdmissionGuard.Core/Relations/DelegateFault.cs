using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>Why Istio drops a route that delegates. Rules that ask read VirtualServices and Services.</summary>
internal static class DelegateFault
{
    /// <summary>Null where the route goes to its delegate, or where nobody can tell.</summary>
    public static string? Of(Inspection x, VirtualServiceRoute route, ObjectKey target)
    {
        var presence = x.World.LookBesideMine(target, out var root);
        var name = target.TitleIn(x.Subject.Namespace);
        if (presence == Presence.Unknown)
        {
            if (x.World.KnowsAny(ObjectKind.Service, target.Namespace))
                return $"{name} is not given beside the Services of its namespace";
            return x.World.IsGivenInPart(ObjectKind.Service) ? $"{name} is not among these manifests, and if the cluster has none either" : null;
        }
        if (presence == Presence.Absent)
            return $"{name} does not exist";
        if (WhyNot(root, target, x.Subject.Namespace) is { } why)
            return $"{name} {why}";
        return HasConflict(route, root)
            ? $"each match of {name} conflicts with this route's: a delegate may only narrow it, and a regex goes with no other uri"
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
