using System.Globalization;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>What changed since the report of <c>--previous</c>.</summary>
internal static class PageTrend
{
    /// <summary>Lines of a list; the rest is counted.</summary>
    private const int Most = 50;

    public static Markup Of(CheckReport report, Trend trend)
    {
        var earlier = trend.Earlier.Findings;
        return $"""
            <section aria-labelledby="trend">
            <h2 id="trend">Since the previous report</h2>
            <p><strong>{trend.New.Count} new, {trend.Gone.Count} gone, {trend.Unchanged} unchanged</strong>{Markup.If(
                trend.WithOtherAction > 0,
                $" ({trend.WithOtherAction} of these with another action)"
            )}{Markup.If(
                !trend.Earlier.HasKeys,
                $". The previous report tells findings apart by their path only: one whose list was edited counts as gone and new"
            )}.</p>
            <table class="trend">
            <thead><tr><th scope="col">findings</th><th scope="col">then</th><th scope="col">now</th><th scope="col">change</th></tr></thead>
            <tbody>
            {((GuardAction[])[GuardAction.Deny, GuardAction.Warn, GuardAction.Fix, GuardAction.Audit]).Select(a =>
                Row(Words.Of(a), earlier.Count(f => !f.IsKnown && f.Action == Words.Of(a)), report.Count(a))
            )}{Row("known", earlier.Count(f => f.IsKnown), report.Known)}{Row("objects reviewed", trend.Earlier.Reviewed, report.Reviewed)}</tbody>
            </table>
            {List(
                "New",
                trend.New.OrderByDescending(f => f.Judgement.Action).Select(f =>
                    Line(f.Judgement.Action, f.Judgement.Rule, FindingText.Subject(f.Review), f.Judgement.Finding.Message)
                ),
                trend.New.Count
            )}{List(
                "Gone",
                trend.Gone.OrderBy(f => Array.IndexOf(["deny", "warn", "fix"], f.Action) is >= 0 and var order ? order : int.MaxValue).Select(f =>
                    Line(f.Action, f.Rule, f.Subject, f.Message)
                ),
                trend.Gone.Count
            )}</section>

            """;
    }

    private static Markup Row(string name, int? then, int now)
    {
        var before = then?.ToString(CultureInfo.InvariantCulture) ?? "?";
        var difference = (now - then)?.ToString("+0;-0;0", CultureInfo.InvariantCulture) ?? "?";
        return $"<tr><th scope=\"row\">{name}</th><td>{before}</td><td>{now}</td><td>{difference}</td></tr>\n";
    }

    private static Markup List(string title, IEnumerable<Markup> lines, int count) =>
        Markup.If(
            count > 0,
            $"""
            <h3>{title}</h3>
            <ul class="sentences">
            {lines.Take(Most)}</ul>
            {CheckHtml.More(count - Most, "")}
            """
        );

    private static Markup Line(GuardAction action, string rule, string subject, string message) => Line(Words.Of(action), rule, subject, message);

    private static Markup Line(string action, string rule, string subject, string message) =>
        $"<li>{Tag(action)} {PageRules.Link(rule)}, {FindingText.Line(subject)}: {FindingText.Line(message)}</li>\n";

    /// <summary>An action in its colour; one that is none has none.</summary>
    private static Markup Tag(string action) =>
        $"<span class=\"tag {(action is "deny" or "warn" or "fix" ? action : "audit")}\">{FindingText.Line(action)}</span>";
}
