using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Terms;

/// <summary>One thing that one rule has against the object under review.</summary>
/// <param name="At">Where it is.</param>
/// <param name="Key">What stays the same when the object is edited elsewhere: route, subset, port, content of a step; never an index of a list. The
/// ratchet compares by it.</param>
/// <param name="Message">The actual value, then the allowed one; the path stands apart.</param>
public sealed record Finding(Place At, string Key, string Message)
{
    /// <summary>
    /// What the finding is about as a whole, where its key tells of content that people rewrite, such as the steps of one plan: a finding there may
    /// take the
    /// place of an old one of the same whole that is gone. Null where the key alone says what it is.
    /// </summary>
    public string? Whole { get; init; }

    /// <summary>The value found, as its author would write it; null where it is the absence that counts.</summary>
    public string? Found { get; init; }

    /// <summary>The limit, in the same words.</summary>
    public string? Limit { get; init; }

    /// <summary>How far over, in the rule's own measure: equal or less than before is no worse.</summary>
    public double Excess { get; init; }

    /// <summary>YAML that can be pasted.</summary>
    public string? Remedy { get; init; }

    public Edit? Edit { get; init; }

    /// <summary>
    /// Something that it refers to is not there. On CREATE that is advice, since what belongs together is applied in any order; a change that breaks
    /// what was whole is refused.
    /// </summary>
    public bool RestsOnAbsence { get; init; }

    /// <summary>Advice, even where the policy says deny.</summary>
    public GuardAction AtMost { get; init; } = GuardAction.Deny;

    /// <summary>Why it is advice; said only where it weakens the policy's action.</summary>
    public Because AtMostBecause { get; init; } = Because.Advice;
}
