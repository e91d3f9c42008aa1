using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Pages;

/// <summary>Each rule that found something, explained where findings link to.</summary>
internal static class PageRules
{
    public static Markup Of(CheckReport report)
    {
        var rules = report
            .Findings.Select(f => f.Judgement.Rule)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(Catalogue.Find)
            .OfType<Rule>()
            .ToList();
        if (rules.Count == 0)
            return Markup.None;
        return $"""
            <section aria-labelledby="rules">
            <h2 id="rules">Rules</h2>
            {rules.Select(Of)}</section>

            """;
    }

    /// <summary>To where it is explained; bare for what is none of the catalogue.</summary>
    public static Markup Link(string rule) => Catalogue.Find(rule) is null ? (Markup)$"{rule}" : $"<a href=\"#rule-{rule}\">{rule}</a>";

    private static Markup Of(Rule rule) =>
        $"""
            <article class="rule" id="rule-{rule.Id}">
            <h3>{rule.Id}</h3>
            <p><strong>{rule.Summary}</strong></p>
            <p>{rule.Why}</p>
            <p>{rule.Remedy}</p>
            <p class="more">Parameters, examples, exceptions: <code>admissionguard rules {rule.Id}</code></p>
            </article>

            """;
}
