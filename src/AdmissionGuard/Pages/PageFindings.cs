using System.Globalization;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>The findings, strictest first and what is known last; each with all that its author needs.</summary>
internal static class PageFindings
{
    private const int Characters = 2_000_000;

    /// <summary>Places of a group, and lines of a remedy.</summary>
    private const int Most = 20;
    private const int MostLines = 80;

    public static Markup Of(CheckReport report, FormatOptions options, Trend? trend, PagePlans plans)
    {
        var shown = options.Shown(report).Concat(report.Findings.Where(f => f.IsKnown)).ToList();
        var groups = FindingGroup.Of(shown, trend).OrderBy(g => g.Key.IsKnown).ThenByDescending(g => g.Key.Action).ToList();
        var cards = new LengthBudget(Characters).Fit(groups.Select((g, i) => Card(g, i + 1, plans)));
        var hidden = report.Findings.Count - shown.Count;
        var are = hidden == 1 ? "is" : "are";
        return $"""
            <section aria-labelledby="findings">
            <h2 id="findings">Findings</h2>
            {Markup.If(
                shown.Count == 0,
                $"<p>{Nothing(report.Errors.Count, hidden)}</p>\n"
            )}{Markup.If(
                hidden > 0,
                $"<p class=\"more\">{HiddenText(hidden)}: --audit lists them</p>\n"
            )}{Markup.If(cards.Count > 1, Controls(trend))}{cards}{CheckHtml.More(
                groups.Skip(cards.Count).Sum(g => g.Count()),
                ", none of them stricter: --output json has all"
            )}</section>

            """;
    }

    private static string HiddenText(int hidden)
    {
        var are = hidden == 1 ? "is" : "are";
        return string.Create(CultureInfo.InvariantCulture, $"{hidden} audit {CheckText.Plural("finding", hidden)} {are} counted and not listed");
    }

    private static string Nothing(int errors, int hidden)
    {
        if (errors > 0)
            return "Nothing was found in what could be judged.";
        return hidden > 0 ? "Nothing is refused or warned of." : "Nothing was found.";
    }

    /// <summary>Hidden until the script shows them, because without it they do nothing.</summary>
    private static Markup Controls(Trend? trend) =>
        $"""
            <div id="filter" role="search" hidden="hidden">
            <label>Filter <input id="filter-text" type="search" placeholder="rule, object, file, text" autocomplete="off"/></label>
            <label>Action <select id="filter-action"><option value="">all</option>{Options}</select></label>
            {Markup.If(
                trend is not null,
                $"<label><input id=\"filter-new\" type=\"checkbox\"/> only new</label>\n"
            )}<output id="filter-count" for="filter-text filter-action"></output>
            </div>

            """;

    private static IEnumerable<Markup> Options => ((string[])["deny", "warn", "fix", "audit", "known"]).Select(a => (Markup)$"<option>{a}</option>");

    private static Markup Card(IGrouping<FindingGroup, LocatedFinding> findings, int number, PagePlans plans)
    {
        var group = findings.Key;
        var action = group.IsKnown ? "known" : Words.Of(group.Action);
        var colour = group.IsKnown ? "audit" : action;
        var count = findings.Count();
        var added = group.Action == GuardAction.Fix ? "Added at admission" : "A repair would add";
        return $"""
            <article class="card {colour}" id="finding-{number}" data-action="{action}"{Markup.If(group.IsNew, $" data-new=\"new\"")}>
            <h3><span class="tag {colour}">{action}</span> {PageRules.Link(group.Rule)}{Markup.If(
                group.IsNew,
                $" <span class=\"tag new\">new</span>"
            )}{Markup.If(count > 1, $" <small>{count} times</small>")}</h3>
            <p class="message">{FindingText.Line(group.Message)}</p>
            {Markup.If(Note(group).Length > 0, $"<p class=\"more\">{Note(group)}</p>\n")}<ul class="places">
            {findings.Take(Most).Select(f => Place(f, plans))}</ul>
            {CheckHtml.More(count - Most, "")}{Markup.If(
                group.Remedy.Length > 0,
                $"<p class=\"label\">Write</p>\n<pre><code>{Lines(group.Remedy)}</code></pre>\n"
            )}{Markup.If(
                group.Diff.Length > 0,
                $"<p class=\"label\">{added}</p>\n<pre class=\"diff\"><code>{Diff(group.Diff)}</code></pre>\n"
            )}</article>

            """;
    }

    private static Markup Place(LocatedFinding finding, PagePlans plans)
    {
        var path = FindingText.Line(finding.Judgement.Path.ToText());
        var subject = FindingText.Subject(finding.Review);
        return $"<li><b>{subject}</b> <span>{finding.Place}</span> <code>{path}</code>{plans.Link(finding.Document)}</li>\n";
    }

    private static string Note(FindingGroup group) =>
        (group.IsKnown, Words.Of(group.Because)) switch
        {
            (true, _) => $"known: admission would {Words.Of(group.Action)}",
            (_, { } because) => $"{because}: the policy says {Words.Of(group.OriginalAction)}",
            _ => "",
        };

    private static Markup Lines(string text)
    {
        var lines = text.Split('\n');
        return Markup.Lines([.. lines.Take(MostLines).Select(FindingText.Line), .. Rest(lines.Length)]);
    }

    private static IEnumerable<Markup> Diff(string diff)
    {
        var lines = diff.Split('\n');
        foreach (var line in lines.Take(MostLines))
            yield return line.StartsWith('+') ? $"<ins>{FindingText.Line(line)}</ins>\n" : (Markup)$"{FindingText.Line(line)}\n";
        foreach (var line in Rest(lines.Length))
            yield return $"{line}";
    }

    private static IEnumerable<string> Rest(int lines) =>
        lines > MostLines ? [string.Create(CultureInfo.InvariantCulture, $"# and {lines - MostLines} more lines")] : [];
}
