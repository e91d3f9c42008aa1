using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>
/// A Canary is taken as it is written, by the API server and by the controller. See docs/facts/flagger.md#schema,
/// docs/facts/flagger.md#never-initialized and docs/facts/flagger.md#service-schema.
/// </summary>
internal static class Validity
{
    public static readonly Rule Rule = new()
    {
        Id = "canary-validity",
        Summary = "A Canary must be one that the API server and Flagger take as it is written.",
        Why =
            "What Flagger's definition refuses is found only when it is applied. What only the controller refuses is stored, and then nothing "
            + "happens: no Service, no route, no primary, and an event that nobody reads. A field that only the definition knows is "
            + "stored and never used (flagger artifacts/flagger/crd.yaml; pkg/controller/controller.go; pkg/router).",
        Remedy = "Write the value that the message names. A field that Flagger does not know has no effect: delete it.",
        Kinds = [ObjectKind.Canary],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (!x.Spec.IsObject)
            return;
        foreach (var fault in CanarySchema.Of(x.Spec))
            x.Report(new Finding(fault.At, fault.Key, $"{fault.Message}: the API server refuses the Canary"));
        foreach (var finding in Uninitialized.Of(new CanaryAnalysis(x.Spec, x.Read)))
            x.Report(finding);
        foreach (var (path, at) in DroppedFields.StoredIn(x.Spec["service"u8]))
        {
            x.Report(
                new Finding(at, $"dropped {path}", "the definition has this field and Flagger does not know it: what it makes is without it")
                {
                    AtMost = GuardAction.Warn,
                }
            );
        }
    }
}
