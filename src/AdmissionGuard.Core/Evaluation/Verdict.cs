using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>A finding with its result.</summary>
/// <param name="Rule">The rule's id; <c>internal</c> where a rule broke.</param>
/// <param name="Paths">Of the object as it was judged.</param>
public sealed record Judgement(
    string Rule,
    string Policy,
    Finding Finding,
    PointerFinder Paths,
    GuardAction Action,
    GuardAction OriginalAction,
    Because Because
)
{
    private Pointer? path;

    /// <summary>It would be a denial, but for a rollback or break-glass: the object is marked with its rule.</summary>
    public bool IsAdmitted { get; init; }

    /// <summary>Where, in the object as it was judged. Found when somebody asks: a refusal shows twenty of what may be thousands.</summary>
    public Pointer Path => path ??= Paths.Of(Finding.At);

    /// <summary>
    /// The same, held by the object as it is stored: what a repair made of it is another document, which a report of thousands of objects cannot
    /// keep.
    /// </summary>
    /// <param name="paths">Of <paramref name="stored"/>.</param>
    public Judgement OfStored(Node stored, PointerFinder paths)
    {
        var at = Path.Resolve(stored).Node;
        var edit = Finding.Edit;
        if (edit is not null)
        {
            var anchor = Paths.Of(edit.Anchor);
            var (node, found) = anchor.Resolve(stored);
            if (found < anchor.Steps.Count)
                return this; // it adds to what another repair added
            edit = edit with { Anchor = node };
        }
        return this with { Finding = Finding with { At = at, Edit = edit }, Paths = paths };
    }
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

    /// <summary>The exceptions that had something to cover, and those that no longer do.</summary>
    public IReadOnlyList<ExceptionUse> Exceptions { get; init; } = [];

    /// <summary>Null unless this request tried to break the glass.</summary>
    public BreakGlass? BreakGlass { get; init; }

    /// <summary>Null unless this is a deletion that was announced as part of a teardown, rightly or not.</summary>
    public Teardown? Teardown { get; init; }

    /// <summary>What <c>/mutate</c> does to the mark of what came in under an excuse; null where nothing.</summary>
    public MarkChange? Mark { get; init; }

    /// <summary>What earlier excuses let in and this change leaves as it is, where that is why it is denied; null elsewhere.</summary>
    public AdmittedMark? Unfixed { get; init; }

    /// <summary>What the writer is told besides the findings: the end of exceptions, the glass, what could not be known. One line each.</summary>
    public IEnumerable<string> Notices
    {
        get
        {
            if (BreakGlass is not null)
                yield return BreakGlass.Notice(Judgements.Count(j => j.Because == Because.BreakGlass));
            else if (!Allowed && BreakGlass.IsStale(Review))
                yield return BreakGlass.Stale;
            if (Teardown is not null)
                yield return Teardown.Notice(Judgements.Count(j => j.OriginalAction == GuardAction.Deny && j.Because == Because.Direction));
            if (Unfixed is not null)
            {
                yield return $"{string.Join(", ", Unfixed.Rules)} came in by {Unfixed.By} and is no existing violation: "
                    + "this change must fix it, be a rollback itself, or have a GuardException";
            }
            if (Review.Actor.ActsAs is { } program)
            {
                yield return $"{Shown.Clip(Review.Actor.User, 200)} is taken for the controller of {program} by what it may do: "
                    + "add it to spec.controllers of GuardSettings cluster";
            }
            foreach (var use in Exceptions)
            {
                if (use.Notice is { } notice)
                    yield return notice;
            }
            foreach (var policy in Uncertain)
                yield return $"policy {policy} selects namespaces by labels, and those of {Review.Namespace} are not known: it warns at most";
            foreach (var kind in Unseen)
                yield return $"{kind} objects of the cluster are not all known now: rules that read them warn at most";
        }
    }

    /// <summary>The policies that found something and may not be about this object at all.</summary>
    public IReadOnlyList<string> Uncertain { get; init; } = [];

    /// <summary>The kinds that rules with a finding read, and of which not all is known.</summary>
    public IReadOnlyList<string> Unseen { get; init; } = [];

    public bool Allowed => Judgements.Count == 0 || Judgements[0].Action != GuardAction.Deny;

    public static Verdict Pass(Review review, string? skipped = null) => new() { Review = review, Skipped = skipped };
}
