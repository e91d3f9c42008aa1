using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>
/// What Flagger writes for a Canary, nobody else writes. See docs/facts/flagger.md#generated-objects and docs/facts/flagger.md#two-canaries.
/// </summary>
internal static class SoleWriter
{
    public static readonly Rule Rule = new()
    {
        Id = "canary-sole-writer",
        Summary = "A workload and its Services must have one Canary or one Rollout, and what Flagger writes should be left to it.",
        Why =
            "Two that release one workload scale it and send its users against each other, and neither sees the other's version (flagger logs "
            + "only: bad things will happen). Flagger compares the VirtualService and the "
            + "DestinationRules of a Canary with its own every interval and overwrites every other change (flagger pkg/controller/scheduler.go, "
            + "pkg/router/istio.go).",
        Remedy = "Keep one of them. Change what Flagger writes in the Canary: spec.service and spec.analysis.",
        Kinds = [ObjectKind.Canary, ObjectKind.Rollout, ObjectKind.VirtualService, ObjectKind.DestinationRule],
        Reads = [ObjectKind.Canary, ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.Canary)
            OfCanary(x);
        else if (x.Subject.Kind == ObjectKind.Rollout)
            OfRollout(x);
        else
            OfWritten(x);
    }

    private static void OfCanary(Inspection x)
    {
        var references = new CanaryReferences(x.Spec, x.Key.Namespace);
        if (references.Target is { } target && OtherOf(x, target) is { } twin)
        {
            x.Report(
                new Finding(
                    x.Spec["targetRef"u8]["name"u8],
                    "target",
                    $"{twin} releases {target.TitleIn(x.Key.Namespace)} too: the two scale it and promote it against each other"
                )
            );
        }
        foreach (var service in references.Services)
        {
            if (OtherOf(x, service) is not { } other)
                continue;
            var at = x.Spec["service"u8]["name"u8] is { Exists: true } name ? name : x.Spec["targetRef"u8]["name"u8];
            x.Report(new Finding(at, "service", $"{other} writes {service.TitleIn(x.Key.Namespace)} too: the two send its users against each other"));
            return;
        }
    }

    private static void OfRollout(Inspection x)
    {
        var reference = x.Spec["workloadRef"u8];
        if (Workload.Named(reference, x.Key.Namespace) is { } workload && CanaryOf(x, workload) is { } twin)
        {
            x.Report(
                new Finding(
                    reference["name"u8],
                    "target",
                    $"{twin} releases {workload.TitleIn(x.Key.Namespace)} too: the two scale it and promote it against each other"
                )
            );
        }
        foreach (var service in new RolloutReferences(x.Subject.Root, x.Key.Namespace).Services)
        {
            if (CanaryOf(x, service.Key) is not { } other)
                continue;
            x.Report(
                new Finding(
                    service.At,
                    "service",
                    $"{other} writes {service.Key.TitleIn(x.Key.Namespace)} too: the two send its users against each other"
                )
            );
            return;
        }
    }

    private static void OfWritten(Inspection x)
    {
        var owner = CanaryReferences.OwnerOf(x.Subject.Root);
        // as Flagger makes it, it is owned: one that is not stands in Git, and both write it
        if ((x.Old is null && owner is not null) || (owner ?? CanaryOf(x, x.Key)) is not { } canary)
            return;
        x.Report(
            new Finding(
                x.Spec,
                "written",
                $"Flagger writes this {x.Subject.Kind} for {canary} and overwrites other changes within an interval: what is to stay belongs "
                    + $"into the Canary's spec.service"
            )
            {
                AtMost = GuardAction.Warn,
            }
        );
    }

    private static string? OtherOf(Inspection x, ObjectKey key)
    {
        foreach (var (other, _) in x.World.ReferrersOf(key, ObjectKind.Canary).Take(2))
        {
            if (other != x.Key)
                return other.TitleIn(x.Key.Namespace);
        }
        foreach (var (rollout, _) in x.World.ReferrersOf(key, ObjectKind.Rollout).Take(1))
            return rollout.TitleIn(x.Key.Namespace);
        return null;
    }

    private static string? CanaryOf(Inspection x, ObjectKey key)
    {
        foreach (var (canary, _) in x.World.ReferrersOf(key, ObjectKind.Canary).Take(1))
            return canary.TitleIn(x.Key.Namespace);
        return null;
    }
}
