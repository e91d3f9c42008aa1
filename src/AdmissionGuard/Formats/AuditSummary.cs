using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Formats;

/// <summary>What ends an audit's text: who must do what, by owner, namespace and rule, those with the most denials first.</summary>
internal static class AuditSummary
{
    /// <summary>Of each table; the rest is counted.</summary>
    private const int Shows = 15;

    public static void Write(TextWriter output, CheckReport report, string ownerLabel)
    {
        var counted = report.Findings.Where(f => !f.IsKnown && f.Judgement.Action != GuardAction.Audit).ToList();
        if (counted.Count == 0)
            return;
        output.WriteLine();
        Table(output, $"OWNER (label {ownerLabel})", counted, f => f.Owner ?? "nobody named");
        Table(output, "NAMESPACE", counted, f =>
            (report.IsOfSeveralClusters ? f.Document.File + ": " : "") + (f.Review.Namespace.Length > 0 ? f.Review.Namespace : "(of the cluster)")
        );
        Table(output, "RULE", counted, f => f.Judgement.Rule);
    }

    private static void Table(TextWriter output, string title, List<LocatedFinding> findings, Func<LocatedFinding, string> by)
    {
        var rows = findings
            .GroupBy(by, StringComparer.Ordinal)
            .Select(g =>
                (
                    Name: Shown.Clip(g.Key, 60),
                    Deny: Count(g, GuardAction.Deny),
                    Warn: Count(g, GuardAction.Warn),
                    Fix: Count(g, GuardAction.Fix),
                    Objects: g.Select(f => (f.Document.File, f.Review.Kind, f.Review.Namespace, f.Review.Name)).Distinct().Count()
                )
            )
            .OrderByDescending(r => r.Deny)
            .ThenByDescending(r => r.Warn)
            .ThenBy(r => r.Name, StringComparer.Ordinal)
            .ToList();
        var width = Math.Max(title.Length, rows.Take(Shows).Max(r => r.Name.Length));
        output.WriteLine($"{title.PadRight(width)}   DENY   WARN    FIX  OBJECTS");
        foreach (var row in rows.Take(Shows))
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name.PadRight(width)}  {row.Deny, 5}  {row.Warn, 5}  {row.Fix, 5}  {row.Objects, 7}"
                )
            );
        if (rows.Count > Shows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {rows.Count - Shows} more: --output json has all"));
        output.WriteLine();
    }

    private static int Count(IEnumerable<LocatedFinding> findings, GuardAction action) => findings.Count(f => f.Judgement.Action == action);
}
