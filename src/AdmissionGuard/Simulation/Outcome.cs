using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

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

/// <summary>What is said now of a request: by judging it, or as a decision log has it.</summary>
internal sealed record Today(bool Refused, bool Repaired, IReadOnlySet<(string Rule, string Path)> Told)
{
    public static Today Nothing { get; } = new(Refused: false, Repaired: false, new HashSet<(string, string)>());

    public static Today Of(Verdict verdict) =>
        new(
            !verdict.Allowed,
            verdict.Patch.Count > 0,
            verdict.Judgements.Where(j => j.Action is GuardAction.Warn or GuardAction.Deny).Select(j => (j.Rule, j.Path.ToString())).ToHashSet()
        );
}

/// <summary>A request, what is said of it now and what would be.</summary>
/// <param name="Where">The file, the cluster, or the log and its line.</param>
internal sealed record Outcome(Review Review, string Where, Today Today, Verdict Verdict)
{
    private Effect? effect;

    public Effect Effect => effect ??= Find();

    private Effect Find() =>
        !Verdict.Allowed ? (Today.Refused ? Effect.None : Effect.Refused)
        : Today.Refused ? Effect.Freed
        : News.Any(j => j.Action == GuardAction.Warn) ? Effect.Warned
        : Verdict.Patch.Count > 0 && !Today.Repaired ? Effect.Repaired
        : Effect.None;

    /// <summary>The judgements that make the change.</summary>
    public IEnumerable<Judgement> Because =>
        Effect switch
        {
            Effect.Refused => Verdict.Judgements.Where(j => j.Action == GuardAction.Deny),
            Effect.Warned => News.Where(j => j.Action == GuardAction.Warn),
            Effect.Repaired => Verdict.Judgements.Where(j => j.Action == GuardAction.Fix),
            _ => [],
        };

    private IEnumerable<Judgement> News => Verdict.Judgements.Where(j => !Today.Told.Contains((j.Rule, j.Path.ToString())));
}
