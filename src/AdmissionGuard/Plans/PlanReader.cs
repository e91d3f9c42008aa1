using System.Globalization;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Plans;

/// <summary>
/// From manifests to plans. What a plan needs and cannot read is an error with file and line, and the plan says what it does not know.
/// </summary>
internal static class PlanReader
{
    public static PlanReport Read(ManifestSet manifests)
    {
        var objects = new List<PlannedObject>();
        var errors = manifests.Errors.ToList();
        var fewest = FewestReplicas(manifests);
        foreach (var document in manifests.Documents)
        {
            if (Read(document, errors, fewest) is { } planned)
                objects.Add(planned);
        }
        return new PlanReport(objects, errors) { Notices = [.. manifests.Notices, .. Skipped(manifests)] };
    }

    /// <summary>Null where an object releases nothing, or nothing that can be planned.</summary>
    public static PlannedObject? Of(Document document) => Read(document, []);

    private static PlannedObject? Read(
        Document document,
        List<ManifestError> errors,
        Dictionary<(string? Namespace, string Name), long>? fewest = null
    )
    {
        if (ObjectKind.Of(document.ApiVersion, document.Kind) is not { } kind)
            return null;
        var scaled = fewest?.TryGetValue((document.Namespace, document.Name ?? ""), out var least) == true ? least : (long?)null;
        return Reading(kind, scaled) is { } reading ? Read(document, kind, reading, errors) : null;
    }

    /// <summary>How a kind's spec becomes a plan; null for kinds that release nothing.</summary>
    private static Func<Node, Reader, ExposurePlan>? Reading(ObjectKind kind, long? fewest = null)
    {
        if (kind == ObjectKind.Rollout)
            return (spec, read) => RolloutPlan.Of(spec, read, fewest);
        return kind == ObjectKind.Canary ? CanaryPlan.Of : null;
    }

    /// <summary>Of Rollouts that a HorizontalPodAutoscaler of the same manifests scales: its <c>minReplicas</c>, 1 where it says nothing.</summary>
    private static Dictionary<(string? Namespace, string Name), long> FewestReplicas(ManifestSet manifests)
    {
        var fewest = new Dictionary<(string?, string), long>();
        foreach (var document in manifests.Documents)
        {
            if (ScaledBy(document) is not { } target)
                continue;
            if (PodCount.LeastOfAutoscaler(document.Root["spec"u8], new Reader()) is > 0 and var least)
                fewest[(document.Namespace, target.Name)] = least;
        }
        return fewest;
    }

    /// <summary>The Rollout that a HorizontalPodAutoscaler scales; null of other objects.</summary>
    private static ObjectKey? ScaledBy(Document document) =>
        ObjectKind.Of(document.ApiVersion, document.Kind) == ObjectKind.HorizontalPodAutoscaler
        && Workload.Named(document.Root["spec"u8]["scaleTargetRef"u8], "") is { } target
        && target.Kind == ObjectKind.Rollout
            ? target
            : null;

    private static PlannedObject? Read(Document document, ObjectKind kind, Func<Node, Reader, ExposurePlan> reading, List<ManifestError> errors)
    {
        var read = new Reader();
        var plan = reading(read.Map(document.Root["spec"u8]), read);
        foreach (var wrong in read.Wrong)
            errors.Add(At(document, wrong.Node, wrong.Message));
        if (plan.IsCanary || plan.IsBlueGreen)
            return new PlannedObject(document, kind, new ExposureTimeline(plan));
        if (read.Wrong.Count > 0)
            return null;
        errors.Add(
            plan.IsByFlagger
                ? At(document, Place.Below(document.Root, "spec/analysis"), "no analysis, there is nothing to plan")
                : At(document, Place.Below(document.Root, "spec/strategy"), "neither canary nor blueGreen, there is nothing to plan")
        );
        return null;
    }

    private static ManifestError At(Document document, Place place, string message)
    {
        var path = Pointer.Of(document.Root, place);
        var (line, column) = document.PositionOf(path);
        return new ManifestError(document.File, line, column, $"{path.ToText()}: {message}");
    }

    private static IEnumerable<string> Skipped(ManifestSet manifests) =>
        from document in manifests.Documents
        where !IsRead(document)
        group document by document.File into file
        let count = file.Count()
        select string.Create(CultureInfo.InvariantCulture, $"{file.Key}: {count} {(count == 1 ? "object" : "objects")} of other kinds skipped");

    private static bool IsRead(Document document) =>
        ObjectKind.Of(document.ApiVersion, document.Kind) is { } kind && (Reading(kind) is not null || ScaledBy(document) is not null);
}
