using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>Where the findings are: a table by namespace and one by rule, those with the most denials first.</summary>
internal static class PageTables
{
    /// <summary>Rows of a table; the rest is one row.</summary>
    private const int Most = 40;

    private sealed record Row(string Name, int Deny, int Warn, int Fix, int Audit)
    {
        public int All => Deny + Warn + Fix + Audit;
    }

    public static Markup Of(CheckReport report)
    {
        var findings = report.Findings.Where(f => !f.IsKnown).ToList();
        if (findings.Count == 0)
            return Markup.None;
        return $"""
            <div class="columns">
            {Table("namespaces", "By namespace", "namespace", Rows(findings, f => f.Review.Namespace), n =>
                $"{(n.Length == 0 ? "(of the cluster)" : FindingText.Line(n))}"
            )}{Table("by-rule", "By rule", "rule", Rows(findings, f => f.Judgement.Rule), PageRules.Link)}</div>

            """;
    }

    private static List<Row> Rows(List<LocatedFinding> findings, Func<LocatedFinding, string> by) =>
        [
            .. findings
                .GroupBy(by, StringComparer.Ordinal)
                .Select(g => new Row(
                    g.Key,
                    Count(g, GuardAction.Deny),
                    Count(g, GuardAction.Warn),
                    Count(g, GuardAction.Fix),
                    Count(g, GuardAction.Audit)
                ))
                .OrderByDescending(r => r.Deny)
                .ThenByDescending(r => r.Warn)
                .ThenByDescending(r => r.All)
                .ThenBy(r => r.Name, StringComparer.Ordinal),
        ];

    private static Markup Table(string id, string title, string head, List<Row> rows, Func<string, Markup> name)
    {
        var most = rows.Max(r => r.All);
        var rest = rows.Skip(Most).ToList();
        return $"""
            <section aria-labelledby="{id}">
            <h2 id="{id}">{title}</h2>
            <table>
            <thead><tr>{((string[])[head, "deny", "warn", "fix", "audit"]).Select(h => (Markup)$"<th scope=\"col\">{h}</th>")}</tr></thead>
            <tbody>
            {rows.Take(Most).Select(r => Line($"{name(r.Name)}{Bar(r, most)}", r))}{Markup.If(
                rest.Count > 0,
                Line(
                    $"and {rest.Count} more",
                    new Row("", rest.Sum(r => r.Deny), rest.Sum(r => r.Warn), rest.Sum(r => r.Fix), rest.Sum(r => r.Audit))
                )
            )}</tbody>
            </table>
            </section>

            """;
    }

    private static Markup Line(Markup name, Row row) =>
        $"<tr><th scope=\"row\">{name}</th>{Cell(row.Deny, "deny")}{Cell(row.Warn, "warn")}{Cell(row.Fix, "fix")}{Cell(row.Audit, "audit")}</tr>\n";

    private static Markup Cell(int count, string colour) => $"<td class=\"{(count == 0 ? "none" : colour)}\">{count}</td>";

    /// <summary>Says with length what the numbers beside it say.</summary>
    private static Markup Bar(Row row, int most)
    {
        var at = 0.0;
        return $"<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" "
            + $"aria-hidden=\"true\">{Part(row.Deny, "deny")}{Part(row.Warn, "warn")}{Part(row.Fix, "fix")}{Part(row.Audit, "audit")}</svg>";

        Markup Part(int count, string colour)
        {
            if (count == 0)
                return Markup.None;
            var from = at;
            var width = 100.0 * count / most;
            at += width;
            return $"<rect x=\"{Plans.SvgText.Number(from)}\" width=\"{Plans.SvgText.Number(width)}\" height=\"4\" class=\"{colour}\"/>";
        }
    }

    private static int Count(IEnumerable<LocatedFinding> findings, GuardAction action) => findings.Count(f => f.Judgement.Action == action);
}
