using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Known;

/// <summary>One finding as it was when it was written down.</summary>
/// <param name="Finding">Its key, whole, excess and whether it was advice; the rest of it is of no matter.</param>
internal sealed record KnownFinding(string Rule, string Kind, string Namespace, string Name, Finding Finding)
{
    public static KnownFinding Of(LocatedFinding located) =>
        new(located.Judgement.Rule, located.Review.Kind!.Name, located.Review.Namespace, located.Review.Name, located.Judgement.Finding);

    /// <summary>Findings are compared within these.</summary>
    public (string Rule, string Kind, string Namespace, string Name) Scope => (Rule, Kind, Namespace, Name);
}

/// <summary>The findings of a day, which a team lives with: none of them fails, what is worse or new does.</summary>
internal sealed class KnownFindings(IReadOnlyList<KnownFinding> entries)
{
    public IReadOnlyList<KnownFinding> Entries => entries;

    /// <summary>Of former ids of rules in the file, one line each.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>What would be refused or warned of today.</summary>
    public static KnownFindings Of(CheckReport report) => new([.. report.Findings.Where(Counts).Select(KnownFinding.Of)]);

    /// <param name="Gone">Entries that nothing is left of in an object that was reviewed.</param>
    /// <param name="NotGiven">Entries of objects that were not.</param>
    internal sealed record Outcome(CheckReport Report, int Gone, int NotGiven);

    /// <summary>The report with those known marked that are no worse than the entry of theirs; each entry stands for one.</summary>
    public Outcome Mark(CheckReport report)
    {
        var olds = entries.ToLookup(e => e.Scope);
        var found = report.Findings.Where(Counts).ToLookup(f => KnownFinding.Of(f).Scope);
        var known = new HashSet<Finding>(ReferenceEqualityComparer.Instance);
        var gone = 0;
        foreach (var old in olds)
        {
            var now = found[old.Key].Select(f => f.Judgement.Finding).ToList();
            var pairs = Ratchet.NoWorse(now, old.Select(e => e.Finding));
            known.UnionWith(pairs.Keys);
            var living = now.Where(f => !pairs.ContainsKey(f)).Select(f => f.Key).ToHashSet(StringComparer.Ordinal); // worse, and so not gone
            var paired = pairs.Values.ToHashSet<object>(ReferenceEqualityComparer.Instance);
            gone += old.Count(e => !paired.Contains(e.Finding) && !living.Contains(e.Finding.Key));
        }
        var given = report.Reviews.Select(r => (r.Review.Kind!.Name, r.Review.Namespace, r.Review.Name)).ToHashSet();
        var notGiven = entries.Count(e => !given.Contains((e.Kind, e.Namespace, e.Name)));
        var marked = report.Findings.Select(f => known.Contains(f.Judgement.Finding) && Counts(f) ? f with { IsKnown = true } : f);
        return new Outcome(report with { Findings = [.. marked] }, gone - notGiven, notGiven);
    }

    /// <summary>Repairs and audit fail nothing; a rule that broke is no matter of the manifest.</summary>
    private static bool Counts(LocatedFinding located) =>
        located.Judgement.Action >= GuardAction.Warn && Catalogue.Find(located.Judgement.Rule) is not null;
}
