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
        foreach (var document in manifests.Documents)
        {
            if (Read(document, errors) is { } planned)
                objects.Add(planned);
        }
        return new PlanReport(objects, errors) { Notices = [.. manifests.Notices, .. PassedOver(manifests)] };
    }

    /// <summary>Null where an object releases nothing, or nothing that can be planned.</summary>
    public static PlannedObject? Of(Document document) => Read(document, []);

    private static PlannedObject? Read(Document document, List<ManifestError> errors) =>
        ObjectKind.Of(document.ApiVersion, document.Kind) is { } kind && Reading(kind) is { } reading ? Read(document, kind, reading, errors) : null;

    /// <summary>How a kind's spec becomes a plan; null for kinds that release nothing.</summary>
    private static Func<Node, Reader, ExposurePlan>? Reading(ObjectKind kind)
    {
        if (kind == ObjectKind.Rollout)
            return RolloutPlan.Of;
        return kind == ObjectKind.Canary ? CanaryPlan.Of : null;
    }

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

    private static IEnumerable<string> PassedOver(ManifestSet manifests) =>
        from document in manifests.Documents
        where ObjectKind.Of(document.ApiVersion, document.Kind) is not { } kind || Reading(kind) is null
        group document by document.File into file
        let count = file.Count()
        select string.Create(CultureInfo.InvariantCulture, $"{file.Key}: {count} {(count == 1 ? "object" : "objects")} of other kinds passed over");
}
