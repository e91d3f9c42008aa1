using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Schemas;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Unknown;

/// <summary>What is written is a field of the kind. See docs/facts/kubernetes-admission.md#fields-of-a-kind.</summary>
internal static class Field
{
    public static readonly Rule Rule = new()
    {
        Id = "unknown-field",
        Summary = "Every field of the spec must be one that the definition of its kind has.",
        Why =
            "The API server drops a field that the definition does not have. A mistyped limit or timeout is accepted by Argo CD and most clients, "
            + "and is not in force; nothing says so (kubernetes.io, Custom Resources, field pruning). "
            + "The rule works over files, in check, test and simulate. At admission the field is already gone when a webhook is asked, so that "
            + "it finds nothing there.",
        Remedy =
            "Correct the name, move the field to where it belongs, or delete it. The rule is silent for an apiVersion whose fields it does "
            + "not know; kubectl explain shows those of the cluster's own version.",
        Kinds = FieldTable.Kinds,
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (FieldTable.SpecOf(x.Subject.Kind, x.Subject.Root["apiVersion"u8].Text) is not { } shape)
            return;
        foreach (var unknown in UnknownFields.Of(x.Spec, shape, "spec"))
        {
            var name = Shown.Word(unknown.Name);
            x.Report(
                new Finding(
                    unknown.At,
                    $"{unknown.Parent}.{Shown.Clip(unknown.Name, Shown.WordLength)}",
                    $"{name} is not a field of {unknown.Parent}{unknown.Hint}{(unknown.Hint.EndsWith('?') ? "" : ":")} "
                        + "Kubernetes drops it, and it is not in force"
                )
                {
                    Found = unknown.Name,
                }
            );
        }
    }
}
