using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Guides;

/// <summary><c>policies/rules/ID.md</c>: a rule explained, for people who look it up.</summary>
internal static class RulePage
{
    private const string Generated = "<!-- Generated from the catalogue by «admissionguard generate rules FOLDER»: do not edit. -->";

    /// <summary>Every page by its file's name, the table among them.</summary>
    public static IEnumerable<(string Name, string Text)> All(IReadOnlyList<Rule> rules) => All(rules, RuleExample.Of);

    /// <inheritdoc cref="All(IReadOnlyList{Rule})"/>
    public static IEnumerable<(string Name, string Text)> All(IReadOnlyList<Rule> rules, Func<Rule, RuleExample> example) =>
        [("README.md", Index(rules)), .. rules.Select(r => ($"{r.Id}.md", Of(r, example(r))))];

    private static string Of(Rule rule, RuleExample example)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"{Generated}\n# {rule.Id}\n\n**{rule.Summary}**\n\n{rule.Why}\n\n{rule.Remedy}\n\n");
        page.Append(
            CultureInfo.InvariantCulture,
            $"| judges | looks up | baseline | strict | repair |\n|---|---|---|---|---|\n| "
                + $"{Names(rule.Kinds)}{(rule.OnDelete ? ", their deletion too" : "")} | {Names(rule.Reads)} | {Words.Of(rule.Baseline.Action)} "
                + $"| {Words.Of(rule.Strict.Action)} | {Repair(rule)} |\n\n"
        );
        Parameters(page, rule);
        Examples(page, example);
        page.Append(
            CultureInfo.InvariantCulture,
            $"## In a policy\n\n{Fence("yaml", RuleSnippets.InPolicy(rule))}## To except one object for a "
                + $"while\n\n{Fence("yaml", RuleSnippets.Exception(rule, "2027-01-31T00:00:00Z"))}"
        );
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Index(IReadOnlyList<Rule> rules)
    {
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"{Generated}\n# Rules\n\n{rules.Count} rules; {rules.Count(r => r.Baseline.Action != GuardAction.Off)} of them are on in the "
                + $"profile baseline, {rules.Count(r => r.Strict.Action != GuardAction.Off)} in strict.\n\n"
        );
        foreach (var kind in rules.GroupBy(r => r.Kinds[0]).OrderBy(k => k.Key.Name, StringComparer.OrdinalIgnoreCase))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {kind.Key}\n\n| rule | demand | baseline | strict | repair |\n|---|---|---|---|---|\n");
            foreach (var rule in kind)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"| [{rule.Id}]({rule.Id}.md) | {Cell(rule.Summary)} | {Words.Of(rule.Baseline.Action)} | {Words.Of(rule.Strict.Action)} "
                        + $"| {Repair(rule)} |\n"
                );
            page.Append('\n');
        }
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void Parameters(StringBuilder page, Rule rule)
    {
        if (rule.Parameters.Count == 0)
            return;
        page.Append("## Parameters\n\n| name | type | default | strict | bounds | meaning |\n|---|---|---|---|---|---|\n");
        foreach (var p in rule.Parameters)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{p.Name}` | {p.Type} | `{p.Write(p.Default)}` | `{p.Write(p.StrictDefault)}` | "
                    + $"{(p.Minimum is null ? "" : $"{p.Minimum} to {p.Maximum}")} | {Cell(p.Description)} |\n"
            );
        }
        page.Append('\n');
    }

    private static void Examples(StringBuilder page, RuleExample example)
    {
        if (example.Before is { } before)
            page.Append("## What is stored\n\n").Append(Fence("yaml", before));
        page.Append(example.Before is null ? "## Bad\n\n" : "## Bad, as the next version of it\n\n").Append(Fence("yaml", example.Bad));
        page.Append("`check` says:\n\n").Append(Fence("", example.Said)).Append("## Good\n\n").Append(Fence("yaml", example.Good));
    }

    private static string Fence(string language, string text) => $"```{language}\n{text}\n```\n\n";

    private static string Names(IReadOnlyList<ObjectKind> kinds) => kinds.Count == 0 ? "nothing else" : string.Join(", ", kinds);

    private static string Repair(Rule rule)
    {
        if (!rule.Fixable)
            return "none";
        return rule.Baseline.Fix ? "on" : "on request";
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
