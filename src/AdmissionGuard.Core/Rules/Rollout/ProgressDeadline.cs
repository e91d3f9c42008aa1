using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// A rollout that is stuck ends by itself, one whose pods start slowly does not. See docs/facts/argo-rollouts.md#progress-deadline.
/// </summary>
internal static class ProgressDeadline
{
    /// <summary>Argo's default, in seconds.</summary>
    private const long Usual = 600;

    public static readonly Rule Rule = new()
    {
        Id = "rollout-progress-deadline",
        Summary = "A rollout that makes no progress should be aborted, and the deadline should leave its pods the time that they may take to start.",
        Why =
            "Past progressDeadlineSeconds Argo says Degraded and no more: the weight stays where it is, with part of the users on a version "
            + "whose pods do not start. A deadline that is shorter than "
            + "what the pods' own probes allow calls healthy releases failed (argo-rollouts docs, specification; utils/conditions).",
        Remedy = "Set progressDeadlineAbort: true where no analysis can abort, and a deadline longer than the probes and minReadySeconds together.",
        Kinds = [ObjectKind.Rollout],
        Fixable = true,
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (!plan.IsCanary && !plan.IsBlueGreen)
            return;
        var abort = x.Spec["progressDeadlineAbort"u8];
        var deadline = x.Spec["progressDeadlineSeconds"u8];
        if (!plan.HasAnalysis && (!abort.Exists || x.Read.Boolean(abort) == false))
            x.Report(Stuck(x.Spec, abort));
        if ((deadline.Exists ? x.Read.Integer(deadline) : Usual) is not { } seconds)
            return;
        var ready = x.Read.Integer(x.Spec["minReadySeconds"u8]) ?? 0;
        // A deadline within minReadySeconds is invalid, which rollout-validity says.
        if (seconds > ready && StartBudget.Of(x.Spec["template"u8]["spec"u8], x.Read) is { } budget && seconds < ready + budget.Seconds)
            x.Report(TooSoon(x.Spec, seconds, ready, budget));
    }

    private static Finding Stuck(Node spec, Node abort) =>
        new(
            Place.Of(spec, "progressDeadlineAbort"),
            "progressDeadlineAbort",
            $"progressDeadlineAbort is {(abort.Exists ? "false" : "not set")} and no analysis can abort: a rollout whose pods do not start "
                + $"leaves its users where they are"
        )
        {
            Found = abort.Exists ? "false" : "not set",
            Limit = "true",
            Excess = 1,
            Remedy = "progressDeadlineAbort: true",
            Edit = abort.Exists ? null : new Edit(spec, [new Edit.Leaf("progressDeadlineAbort", "true")]),
        };

    private static Finding TooSoon(Node spec, long seconds, long ready, StartBudget budget)
    {
        var need = ready + budget.Seconds;
        var parts =
            $"container {Shown.Quote(Shown.Clip(budget.Container, 40))} may take {budget.Seconds:0} to start by its "
            + $"{budget.Probe}{(ready > 0 ? $", then minReadySeconds {ready}" : "")}";
        return new Finding(
            Place.Of(spec, "progressDeadlineSeconds"),
            "progressDeadlineSeconds",
            $"progressDeadlineSeconds is {(spec["progressDeadlineSeconds"u8].Exists ? $"{seconds}" : $"{seconds}, its default")}, at least "
                + $"{need:0} advised: {parts}"
        )
        {
            Found = $"{seconds}s",
            Limit = FormattableString.Invariant($"{need:0}s"),
            Excess = need - seconds,
            Remedy = FormattableString.Invariant($"progressDeadlineSeconds: {Math.Ceiling(need * 1.5):0}"),
        };
    }
}
