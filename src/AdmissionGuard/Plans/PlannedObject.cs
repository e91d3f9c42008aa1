using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Plans;

/// <summary>An object that releases versions step by step, where it stands, and what it means for users.</summary>
internal sealed record PlannedObject(Document Document, ObjectKind Kind, ExposureTimeline Timeline)
{
    private readonly PointerFinder paths = new(Document.Root);

    public ExposurePlan Plan => Timeline.Plan;

    public string Title =>
        $"{Kind} {(Document.Namespace is { } space ? Shown.Clip(space, 63) + "/" : "")}{Shown.Clip(Document.Name ?? "(no name)", 100)}";

    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Shown.Clean(Document.File)}:{Document.PositionOf(Pointer.Root).Line}");

    /// <summary>Of the step that begins a stage; null where none does.</summary>
    public Pointer? PathOf(TimelineStage stage) => stage.Stage.SetBy.Exists ? paths.Of(stage.Stage.SetBy) : null;
}
