using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Formats;

/// <summary>What a format must know besides the report.</summary>
/// <param name="Root">Where the paths of code hosts begin.</param>
/// <param name="FailOn">The weakest action that fails; <see cref="GuardAction.Off"/> where nothing does.</param>
/// <param name="Audit">Whether formats for people show findings that nobody is told of at admission; they are many.</param>
/// <param name="Colours">Whether somebody looks at a terminal.</param>
internal sealed record FormatOptions(SourceRoot Root, GuardAction FailOn = GuardAction.Deny, bool Audit = false, bool Colours = false)
{
    /// <summary>When it was looked, for formats that say so.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>What was looked at, as it was named: paths, or clusters.</summary>
    public IReadOnlyList<string> At { get; init; } = [];

    /// <summary>What was found before; null where nobody gave it.</summary>
    public EarlierReport? Earlier { get; init; }

    /// <summary>What formats for people show one by one, in the order of the files; what is known would bury it.</summary>
    public IEnumerable<LocatedFinding> Shown(CheckReport report) =>
        report.Findings.Where(f => !f.IsKnown && (Audit || f.Judgement.Action != GuardAction.Audit));
}
