using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>A finding with what comes of it.</summary>
/// <param name="Rule">The rule's id; <c>internal</c> where a rule broke.</param>
/// <param name="Paths">Of the object as it was judged.</param>
public sealed record Judgement(string Rule, string Policy, Finding Finding, PointerFinder Paths, GuardAction Action, GuardAction OriginalAction, Because Because)
{
    private Pointer? path;

    /// <summary>Where, in the object as it was judged. Found when somebody asks: a refusal shows twenty of what may be thousands.</summary>
    public Pointer Path => path ??= Paths.Of(Finding.At);
}

/// <summary>A rule that threw: our fault, never the user's, and never the request's end.</summary>
public sealed record RuleFailure(string Rule, Exception Exception);

/// <summary>A value of the wrong type where a rule needed one.</summary>
public sealed record TypeFault(string Rule, Pointer Path, string Message);

/// <summary>The answer to a review.</summary>
public sealed record Verdict
{
    public required Review Review { get; init; }

    /// <summary>Why nothing was judged; null where something was.</summary>
    public string? Skipped { get; init; }

    /// <summary>Strictest first, then in the order of the catalogue.</summary>
    public IReadOnlyList<Judgement> Judgements { get; init; } = [];

    /// <summary>The repairs, in order; each only adds an absent key.</summary>
    public IReadOnlyList<Edit.Addition> Patch { get; init; } = [];

    public IReadOnlyList<TypeFault> TypeFaults { get; init; } = [];

    public IReadOnlyList<RuleFailure> Failures { get; init; } = [];

    public bool Allowed => Judgements.Count == 0 || Judgements[0].Action != GuardAction.Deny;

    public static Verdict Pass(Review review, string? skipped = null) => new() { Review = review, Skipped = skipped };
}
