using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Schemas;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Unknown;

/// <summary>What is written is a field of the kind. See docs/facts/kubernetes-admission.md#fields-of-a-kind.</summary>
internal static class Field
{
    /// <summary>Characters of a path: the longest that a definition has is shorter.</summary>
    private const int LongestPath = 200;

    public static readonly Rule Rule = new()
    {
        Id = "unknown-field",
        Summary = "Every field must be one that the definition of its kind has.",
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
        var apiVersion = x.Subject.Root["apiVersion"u8].Text;
        if (FieldTable.ObjectOf(x.Subject.Kind, apiVersion) is not { } shape)
            return;
        foreach (var unknown in UnknownFields.Of(x.Subject.Root, shape, ""))
        {
            var path = Shown.Clip(unknown.Path, LongestPath);
            x.Report(
                new Finding(unknown.At, path, $"{path} is not a field of {x.Subject.Kind} {apiVersion}: the API server drops it{unknown.Hint}")
                {
                    Found = Shown.Clip(unknown.Name, Shown.WordLength),
                }
            );
        }
    }
}
