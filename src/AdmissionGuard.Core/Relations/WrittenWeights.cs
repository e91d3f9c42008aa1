using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// What is wrong with the weights of a VirtualService's routes that a Rollout writes: strangers in them, and a canary side that somebody else moved.
/// </summary>
internal static class WrittenWeights
{
    /// <summary>Half of what the last digit shown is worth.</summary>
    private const double Tolerance = 0.05;

    public static void Report(Inspection x)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        RouteTable? table = null;
        IReadOnlyDictionary<VirtualServiceRoute, VirtualServiceRoute>? moves = null;
        foreach (var (key, rollout) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(OtherWriters.MostRollouts))
        {
            var routing = new IstioRouting(rollout, key.Namespace);
            var sides = new RolloutSides(rollout, key.Namespace);
            var title = key.TitleIn(x.Key.Namespace);
            var managed = routing.ManagedRoutes;
            foreach (var (_, names, at) in routing.Targets.Where(t => t.Key == x.Key).Take(OtherWriters.MostTargets))
            {
                foreach (var route in (table ??= new RouteTable(x.Subject.Routes)).WrittenBy(at, names, managed).Routes)
                {
                    foreach (var stranger in sides.StrangersIn(route))
                    {
                        var destination = Destination.OfIstio(stranger, x.Subject);
                        if (!told.Add($"{route.Key} {destination}"))
                            continue;
                        x.Report(
                            new Finding(
                                stranger,
                                $"{route.Key} {destination}",
                                $"{destination.Title(x.Subject)} has a weight in {route.Title}, which {title} writes: Argo deletes a "
                                    + $"destination that is neither its stable nor its canary side"
                            )
                            {
                                Found = destination.Title(x.Subject),
                                Limit = "the two sides of the Rollout",
                            }
                        );
                    }
                    if (
                        x.Old is { } old
                        && (moves ??= RoutePairs.Before(old.Routes, x.Subject.Routes)).TryGetValue(route, out var before)
                        && told.Add($"{route.Key} canary")
                    )
                        Moved(x, before, route, sides, (title, rollout));
                }
            }
        }
    }

    /// <summary>What the Rollout has come to by its own steps: whoever writes it does what Argo is about to do.</summary>
    private static bool IsItsOwnStep(Node rollout, double share)
    {
        var status = new RolloutStatus(rollout["status"u8]);
        var most = RolloutPlan.Of(rollout["spec"u8], new Reader()).MostWeight;
        return status is { IsProgressing: true, IsAborted: false }
            && status.ShareOf(rollout["spec"u8]["strategy"u8]["canary"u8], most) is { } own
            && Math.Abs(own - share) <= Tolerance;
    }

    private static string Instead(long? weight, bool isPingPong) =>
        isPingPong
            ? RolloutTies.LeaveTheWeights
            : string.Create(CultureInfo.InvariantCulture, $"weight: {weight ?? 0}   # and kubectl argo rollouts promote");

    /// <summary>
    /// A write that leaves the weights, or takes users back as a sync from Git in mid-canary does (docs/facts/argo-rollouts.md#weights-in-git), is
    /// never refused.
    /// </summary>
    private static void Moved(
        Inspection x,
        VirtualServiceRoute before,
        VirtualServiceRoute now,
        RolloutSides sides,
        (string Title, Node Root) rollout
    )
    {
        if (!before.Shares.IsKnown || !now.Shares.IsKnown)
            return;
        var from = Trial(before);
        var to = Trial(now);
        if (!to.Item.Exists || Math.Abs(to.Share - from.Share) <= Tolerance)
            return;
        var forward = to.Share > from.Share;
        if (forward && IsItsOwnStep(rollout.Root, to.Share))
            return;
        var isPingPong = rollout.Root["spec"u8]["strategy"u8]["canary"u8]["pingPong"u8].Exists;
        var what =
            $"the canary side of {now.Title} goes from {Shown.Percent(from.Share)} to {Shown.Percent(to.Share)} of users, a weight that "
            + $"{rollout.Title} writes: ";
        x.Report(
            new Finding(
                Place.Of(to.Item, "weight"),
                $"{now.Key} canary",
                what
                    + (
                        forward
                            ? "they pass every pause and analysis until Argo sets it back"
                            : "Argo sets it again at once, only an abort takes users back"
                    )
            )
            {
                Found = Shown.Percent(to.Share),
                Limit = Shown.Percent(from.Share),
                Excess = to.Share - from.Share,
                Remedy = forward ? Instead(from.Weight, isPingPong) : null,
                AtMost = forward ? GuardAction.Deny : GuardAction.Warn,
                AtMostBecause = Because.Direction,
            }
        );

        (double Share, long? Weight, Node Item) Trial(VirtualServiceRoute route)
        {
            (double Share, long? Weight, Node Item) found = default;
            foreach (var share in route.Shares.Destinations)
            {
                if (sides.Of(share.Destination) == Side.Canary)
                    found = (found.Share + share.Percent, share.Weight, share.Destination);
            }
            return found;
        }
    }
}
