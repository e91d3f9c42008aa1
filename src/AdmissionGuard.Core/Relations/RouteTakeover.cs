using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// Routes that a Rollout adds and removes, in the hands of somebody else: put in, changed, or taken away in mid-release
/// (docs/facts/argo-rollouts.md#managed-routes).
/// </summary>
internal sealed class RouteTakeover(Inspection x, ObjectKey key, Node rollout)
{
    private static readonly string[] Steps = ["setHeaderRoute", "setMirrorRoute"];

    private readonly HashSet<string> managed = new IstioRouting(rollout, key.Namespace).ManagedRoutes.ToHashSet(StringComparer.Ordinal);
    private readonly string title = key.TitleIn(x.Key.Namespace);

    public void Check()
    {
        if (x.Old is not { } old)
            return;
        var before = Named(old.Spec);
        var after = Named(x.Spec);
        foreach (var (name, route) in after)
        {
            var isOld = before.TryGetValue(name, out var had) && had.SameAs(route);
            // what a step says is Argo's to write, by whatever account
            if (!isOld && !(route["match"u8].Count > 0 && IsSetByAStep(name)))
                x.Report(Put(name, route));
        }
        if (!new RolloutStatus(rollout["status"u8]).IsProgressing)
            return;
        foreach (var name in before.Keys.Where(n => !after.ContainsKey(n) && IsSetByAStep(n)))
            x.Report(Taken(name));
    }

    private Finding Put(string name, Node route) =>
        new(
            route["name"u8],
            $"takeover {name}",
            $"{title} adds route {Shown.Quote(Shown.Clip(name, 60))} itself in a step of a release: written by hand it takes the requests that it "
                + "matches past the weights, and Argo deletes it when the rollout ends"
        )
        {
            Limit = "a name that is not in managedRoutes",
        };

    private Finding Taken(string name) =>
        new(
            Place.Of(x.Spec, "http"),
            $"taken {name}",
            $"route {Shown.Quote(Shown.Clip(name, 60))}, which {title} has added in this release, goes: Argo does not put "
                + "it back before a later step "
                + "sets it again, and the requests that it matched get the primary route's weights"
        )
        {
            AtMost = GuardAction.Warn,
        };

    private Dictionary<string, Node> Named(Node spec)
    {
        var routes = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var item in spec["http"u8].Items)
        {
            if (item["name"u8].Text is { } name && managed.Contains(name))
                routes.TryAdd(name, item);
        }
        return routes;
    }

    /// <summary>By a step that the release has come to.</summary>
    private bool IsSetByAStep(string name)
    {
        var status = new RolloutStatus(rollout["status"u8]);
        if (!status.IsProgressing || status.Step is not { } current)
            return false;
        var index = 0L;
        foreach (var item in rollout["spec"u8]["strategy"u8]["canary"u8]["steps"u8].Items)
        {
            if (index++ > current)
                return false;
            if (Steps.Any(s => item[s]["name"u8].Text == name))
                return true;
        }
        return false;
    }
}
