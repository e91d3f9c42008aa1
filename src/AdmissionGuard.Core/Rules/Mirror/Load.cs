using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Mirror;

/// <summary>
/// Mirrored requests are a part of the load, not all of it once more. See docs/facts/argo-rollouts.md#mirror-route and docs/facts/flagger.md#mirror.
/// </summary>
internal static class Load
{
    private static readonly IntegerParameter MaxMirrorPercent = new(
        "maxMirrorPercent",
        50,
        1,
        100,
        "percent of the matching requests that may be mirrored"
    );

    public static readonly Rule Rule = new()
    {
        Id = "mirror-load",
        FormerIds = ["rollout-mirror-load"],
        Summary = "A mirror step should copy only a part of the requests to the new version.",
        Why =
            "Without a percentage it is 100: every matching request is served twice, by the stable version and by the few pods of the new "
            + "one, and what both call "
            + "(databases, queues, payment providers) gets each of them twice too (argo-rollouts pkg/apis/rollouts/v1alpha1, SetMirrorRoute; "
            + "docs, traffic-management/istio).",
        Remedy = "Set a percentage, in a Canary mirrorWeight, that the new version's pods can bear.",
        Kinds = [ObjectKind.Rollout, ObjectKind.Canary],
        Parameters = [MaxMirrorPercent],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.Canary)
        {
            OfCanary(x);
            return;
        }
        var max = x.Get(MaxMirrorPercent);
        foreach (var item in x.Read.Items(x.Spec["strategy"u8]["canary"u8]["steps"u8]))
        {
            var mirror = item["setMirrorRoute"u8];
            // Without a match the step takes the route away.
            if (mirror["match"u8].Count == 0)
                continue;
            var written = mirror["percentage"u8];
            if ((written.Exists ? x.Read.Integer(written) : 100) is not { } percent || percent <= max)
                continue;
            var name = mirror["name"u8].Text ?? "";
            var found = written.Exists ? $"percentage is {percent}" : "percentage is not set and so 100";
            Report(x, Place.Of(mirror, "percentage"), $"mirror {name}", found, percent);
        }
    }

    private static void OfCanary(Inspection x)
    {
        var analysis = new CanaryAnalysis(x.Spec, x.Read);
        if (!analysis.Mirrors || analysis.IsByMatch || analysis.IsUnrouted || analysis.IsSkipped)
            return;
        var written = analysis.Node["mirrorWeight"u8];
        // Flagger leaves it to the mesh where it is 0 (flagger pkg/router/istio.go)
        if ((written.Exists ? x.Read.Integer(written) : 0) is not { } weight)
            return;
        var percent = weight <= 0 ? 100 : weight;
        if (percent <= x.Get(MaxMirrorPercent))
            return;
        string found;
        if (!written.Exists)
            found = "mirrorWeight is not set and so 100";
        else if (weight <= 0)
            found = "mirrorWeight is 0, which is taken for 100";
        else
            found = $"mirrorWeight is {weight}";
        Report(x, Place.Of(analysis.Node, "mirrorWeight"), "mirror", found, percent);
    }

    private static void Report(Inspection x, Place at, string key, string found, long percent)
    {
        var max = x.Get(MaxMirrorPercent);
        x.Report(
            new Finding(at, key, $"{found}, at most {max} advised: the new version and all that it calls get these requests once more")
            {
                Found = $"{percent} %",
                Limit = $"{max} %",
                Excess = percent - max,
                Remedy = $"{(x.Subject.Kind == ObjectKind.Canary ? "mirrorWeight" : "percentage")}: {Math.Min(max, 10)}",
            }
        );
    }
}
