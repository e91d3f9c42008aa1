using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reports;

/// <summary>An object that is found in the cluster, as a report names it.</summary>
/// <param name="Uid">Empty where it is not known.</param>
public sealed record Referent(string ApiVersion, string Kind, string Namespace, string Name, string Uid)
{
    public static Referent Of(ObjectKey key, Node root) =>
        new(root["apiVersion"u8].Text ?? "", key.Kind.Name, key.Namespace, key.Name, root["metadata"u8]["uid"u8].Text ?? "");
}

/// <summary>
/// One finding about a stored object, in texts alone: what it was found in may go. Texts are on one line where people write them, and bounded, as
/// thousands of them stand in one report.
/// </summary>
/// <param name="Wanted">What the policy's rule says, whatever the mode made of it.</param>
public sealed record AuditResult(Referent Object, string Policy, string Rule, GuardAction Action, GuardAction Wanted, string Message, string Path)
{
    private const int MostText = 400;

    private const int MostValue = 120;

    private const int MostRemedy = 600;

    public Because Because { get; private init; }

    public string? Found { get; private init; }

    public string? Limit { get; private init; }

    /// <summary>Lines of YAML; left out where it is too long to be pasted whole.</summary>
    public string? Remedy { get; private init; }

    internal static AuditResult Of(Referent referent, Judgement judgement) =>
        new(
            referent,
            judgement.Policy,
            judgement.Rule,
            judgement.Action,
            judgement.OriginalAction,
            Shown.Clip(judgement.Finding.Message, MostText),
            Shown.Clip(judgement.Path.ToText(), MostText)
        )
        {
            Because = judgement.Because,
            Found = judgement.Finding.Found is { } found ? Shown.Clip(found, MostValue) : null,
            Limit = judgement.Finding.Limit is { } limit ? Shown.Clip(limit, MostValue) : null,
            Remedy = judgement.Finding.Remedy is { Length: <= MostRemedy } remedy ? string.Join('\n', remedy.Split('\n').Select(Shown.Clean)) : null,
        };
}
