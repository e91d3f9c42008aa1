using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>The result of a finding: its policy's action, and what weakens it.</summary>
internal sealed class Weighing(Circumstances review, Excuse excuse, Func<bool> fixesSomething)
{
    private bool? improves;

    /// <summary>What a rule found in one object by one policy.</summary>
    /// <param name="Had">What the old object had already, by reference; null where nothing is ratcheted.</param>
    /// <param name="IsWhole">Whether the policy is about the object for sure, and all that the rule reads is known.</param>
    internal readonly record struct Found(
        ApplyingPolicy By,
        RuleSetting Setting,
        IReadOnlyList<Finding> Findings,
        IReadOnlyDictionary<Finding, Finding>? Had,
        bool IsWhole
    );

    public Judgement Of(Found found, Finding finding, Json.PointerFinder paths)
    {
        var policy = found.By.Policy;
        var (action, because) = (found.Setting.Action, Because.None);
        var admitted = false;
        // what rests on half a picture is advice: the word that the output has for what no policy can raise
        if (!found.IsWhole)
            Weaken(GuardAction.Warn, Because.Advice);
        Weaken(finding.AtMost, finding.AtMostBecause);
        // objects of one apply come in any order: what a new one lacks may follow it (docs/facts/kubernetes-admission.md#apply-order)
        if (finding.RestsOnAbsence && review.Review.Operation == Operation.Create)
            Weaken(GuardAction.Warn, Because.Advice);
        if (found.Had?.ContainsKey(finding) == true)
            Weaken(GuardAction.Warn, Because.Ratchet);
        if (action > GuardAction.Warn && found.Had is not null && !found.Setting.Rule.IsAboutWhatWorks && Improves)
            Weaken(GuardAction.Warn, Because.Direction);
        if (excuse.IsRollback)
            Excused(Because.Direction);
        if (review.ByController)
            Weaken(GuardAction.Audit, Because.Controller);
        if (review.BreakGlass is { IsBroken: true })
            Excused(Because.BreakGlass);
        if (review.Teardown is { IsAnnounced: true })
            Weaken(GuardAction.Warn, Because.Direction);
        Weaken(policy.Cap, Because.Mode);
        return new Judgement(found.Setting.Rule.Id, policy.Name, finding, paths, action, found.Setting.Action, because) { IsAdmitted = admitted };

        void Excused(Because why)
        {
            admitted |= action == GuardAction.Deny && policy.Cap == GuardAction.Deny;
            Weaken(GuardAction.Warn, why);
        }

        void Weaken(GuardAction to, Because why)
        {
            if (to < action)
            {
                action = to;
                because = why;
            }
        }
    }

    /// <summary>Nothing is loosened, and something that was wrong is right now: a new finding elsewhere is the smaller fault.</summary>
    private bool Improves => improves ??= excuse.LoosensNothing && fixesSomething();
}
