using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;

namespace AdmissionGuard.Simulation;

/// <summary>What would become of a request under other policies, from the worst for its writer to the best.</summary>
internal enum Effect
{
    /// <summary>Refused, and not so now.</summary>
    Refused,

    /// <summary>Warned of something that nobody is warned of now.</summary>
    Warned,

    /// <summary>A default is injected that is not injected now.</summary>
    Repaired,

    /// <summary>Refused now, and no more.</summary>
    Freed,

    /// <summary>As now, in the eyes of whoever writes it.</summary>
    None,
}

/// <summary>A request, what is said of it now and what would be.</summary>
/// <param name="Where">The file, the cluster, or the log and its line.</param>
internal sealed record SimulatedReview(Review Review, string Where, CurrentAnswer Current, Verdict Verdict)
{
    private Effect? effect;

    public Effect Effect => effect ??= Find();

    private Effect Find()
    {
        if (!Verdict.Allowed)
            return Current.Refused ? Effect.None : Effect.Refused;
        if (Current.Refused)
            return Effect.Freed;
        if (News.Any(j => j.Action == GuardAction.Warn))
            return Effect.Warned;
        return Verdict.Patch.Count > 0 && !Current.Repaired ? Effect.Repaired : Effect.None;
    }

    /// <summary>The judgements that make the change.</summary>
    public IEnumerable<Judgement> Because =>
        Effect switch
        {
            Effect.Refused => Verdict.Judgements.Where(j => j.Action == GuardAction.Deny),
            Effect.Warned => News.Where(j => j.Action == GuardAction.Warn),
            Effect.Repaired => Verdict.Judgements.Where(j => j.Action == GuardAction.Fix),
            _ => [],
        };

    private IEnumerable<Judgement> News => Verdict.Judgements.Where(j => !Current.Told.Contains((j.Rule, j.Path.ToString())));
}
