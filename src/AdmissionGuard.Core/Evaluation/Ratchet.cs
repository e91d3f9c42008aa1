using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>What is no worse than it was: the one meaning of it, for updates and for findings that a team keeps a list of.</summary>
public static class Ratchet
{
    /// <summary>
    /// Findings of one rule and object, each with the old one that it is no worse than: by key; then those whose key is new, each in the place of one
    /// that is gone from the same whole. A rewrite that leaves less wrong than before passes, one that adds a fault does not
    /// (docs/how-changes-are-judged.md#never-blocked). Keys are compared by reference.
    /// </summary>
    public static IReadOnlyDictionary<Finding, Finding> NoWorse(IEnumerable<Finding> findings, IEnumerable<Finding> olds)
    {
        var pairs = new Dictionary<Finding, Finding>(ReferenceEqualityComparer.Instance);
        var gone = olds.ToLookup(o => o.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Queue<Finding>(g), StringComparer.Ordinal);
        var fresh = new List<Finding>();
        foreach (var finding in findings)
        {
            if (!gone.TryGetValue(finding.Key, out var twins) || !twins.TryDequeue(out var old))
                fresh.Add(finding);
            else if (IsNoWorse(finding, old))
                pairs[finding] = old;
        }
        var left = gone.Values.SelectMany(q => q).Where(o => o.Whole is not null).ToList();
        foreach (var finding in fresh.Where(f => f.Whole is not null).OrderByDescending(f => f.Excess))
        {
            var at = left.FindIndex(o => o.Whole == finding.Whole && IsNoWorse(finding, o));
            if (at < 0)
                continue;
            pairs[finding] = left[at];
            left.RemoveAt(at);
        }
        return pairs;
    }

    /// <summary>What was only advice excuses no denial.</summary>
    private static bool IsNoWorse(Finding now, Finding old) => now.Excess <= old.Excess && now.AtMost <= old.AtMost;
}
