using System.Globalization;
using System.Runtime.InteropServices;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// A canary without traffic routing: its users are shared by the number of pods, so that a weight is only as exact as the pods allow
/// (argo-rollouts utils/replicaset/canary.go, approximateWeightedCanaryStableReplicaCounts).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BasicCanary(long Pods, long Total)
{
    /// <summary>Percent of users that the new version really gets.</summary>
    public double Share => Total == 0 ? 0 : 100.0 * Pods / Total;

    /// <summary>
    /// The closest of the weight rounded up and down, on all replicas or, where pods may surge, on one more; the first of those that are equally
    /// close.
    /// From 1 to one less than the most, neither version is left without a pod if there can be two.
    /// </summary>
    public static BasicCanary Of(long replicas, long weight, long mostWeight, bool surges)
    {
        if (replicas <= 0)
            return default;
        var exact = (double)replicas * weight / mostWeight;
        var up = (long)Math.Ceiling(exact);
        var down = (long)Math.Floor(exact);
        var zeroAllowed = weight == mostWeight || weight == 0 || (replicas == 1 && !surges);
        BasicCanary? best = null;
        if (up < replicas || zeroAllowed)
            Try(up, replicas);
        if (!IsTied(replicas) && (down > 0 || zeroAllowed))
            Try(down, replicas);
        if (surges)
        {
            Try(up, replicas + 1);
            if (!IsTied(replicas + 1) && (down > 0 || zeroAllowed))
                Try(down, replicas + 1);
        }
        return best ?? new BasicCanary(0, replicas);

        bool IsTied(long total) => (double)total * weight / mostWeight % 1 == 0.5;

        void Try(long pods, long total)
        {
            var option = new BasicCanary(pods, total);
            if (best is null || Distance(option) < Distance(best.Value))
                best = option;
        }

        double Distance(BasicCanary option) => Math.Abs(option.Share - (100.0 * weight / mostWeight));
    }

    /// <summary>
    /// What the first weight of a plan really comes to with so many replicas, where that is more than twice what it says; null too where a router
    /// makes weights
    /// exact, and where the steps or the surge cannot be read.
    /// </summary>
    /// <param name="canary">The strategy.</param>
    public static (Node SetBy, double Share, BasicCanary Real)? Coarse(ExposurePlan plan, Node canary, long replicas, Reader read)
    {
        if (!plan.IsCanary || !plan.HasSteps || canary["trafficRouting"u8].Exists)
            return null;
        if (FirstOf(canary, plan.MostWeight) is not ({ Exists: true } setBy, var weight) || Amount(canary["maxSurge"u8], read) is not { } surge)
            return null;
        var real = Of(replicas, weight, plan.MostWeight, surge > 0);
        var share = 100.0 * weight / plan.MostWeight;
        return real.Share <= (2 * share) + 1e-6 ? null : (setBy, share, real);
    }

    /// <summary>The first weight above 0; absent where there is none, or one before it cannot be read.</summary>
    private static (Node SetBy, long Weight) FirstOf(Node canary, long mostWeight)
    {
        foreach (var step in canary["steps"u8].Items)
        {
            var written = step["setWeight"u8];
            if (!written.Exists)
                continue;
            if (new Reader().Integer(written) is not { } weight)
                return default;
            if (weight > 0)
                return (written, Math.Min(weight, mostWeight));
        }
        return default;
    }

    /// <summary>
    /// <c>maxSurge</c> or <c>maxUnavailable</c> as Argo's validation reads it: pods or percent, 25 where it is not set, 0 where the text is no number
    /// (docs/facts/argo-rollouts.md#surge-defaults). Null where it has another type.
    /// </summary>
    public static long? Amount(Node node, Reader read)
    {
        if (!node.Exists)
            return 25;
        if (node.Text is not { } text)
            return read.Integer(node);
        var digits = text.EndsWith('%') ? text[..^1] : text;
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount) ? amount : 0;
    }
}
