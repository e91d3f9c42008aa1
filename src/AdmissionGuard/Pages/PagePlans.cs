using System.Globalization;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Plans;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Pages;

/// <summary>
/// For each object that releases versions: who has the new one when, and what a bad one costs. Those with the strictest findings first.
/// </summary>
internal sealed class PagePlans
{
    private const int Characters = 1_000_000;

    private readonly List<Planned> plans = [];
    private readonly Dictionary<Document, string> ids;
    private readonly int left;

    private sealed record Planned(Document Document, string Id, Markup Figure);

    public PagePlans(CheckReport report)
    {
        var strictest = report.Findings.GroupBy(f => f.Document).ToDictionary(g => g.Key, g => g.Max(f => f.Judgement.Action));
        var room = Characters;
        foreach (var (document, review) in report.Reviews.OrderByDescending(r => strictest.GetValueOrDefault(r.Document)))
        {
            if (review.Operation == Operation.Delete || PlanReader.Of(document) is not { } plan)
                continue;
            if (room <= 0)
            {
                left++;
                continue;
            }
            var id = string.Create(CultureInfo.InvariantCulture, $"plan-{plans.Count + 1}");
            var figure = Figure(plan, review, id);
            room -= figure.Length;
            plans.Add(new Planned(document, id, figure));
        }
        ids = plans.ToDictionary(p => p.Document, p => p.Id);
    }

    /// <summary>To the chart of an object; nothing where it has none.</summary>
    public Markup Link(Document document) => ids.TryGetValue(document, out var id) ? $" <a href=\"#{id}\">exposure</a>" : Markup.None;

    public Markup Section() =>
        Markup.If(
            plans.Count > 0,
            $"""
            <section aria-labelledby="plans">
            <h2 id="plans">Exposure of users</h2>
            <p class="more">Share of users on a new version over time. A {PlanWords.Unit}.</p>
            {plans.Select(p => p.Figure)}{CheckHtml.More(left, ": admissionguard plan draws them")}</section>

            """
        );

    private static Markup Figure(PlannedObject plan, Review review, string id) =>
        $"""
            <article class="plan" id="{id}">
            <h3>{FindingText.Subject(review)}</h3>
            <p class="more">{PlanWords.Strategy(plan.Plan)}</p>
            {Chart(plan, FindingText.Subject(review))}<dl class="figures">
            {PlanWords.Figures(plan.Timeline).Select(f => (Markup)$"<div><dt>{f.Name}</dt><dd>{f.Text}</dd></div>\n")}</dl>
            </article>

            """;

    private static Markup Chart(PlannedObject plan, string subject)
    {
        if (PlanWords.NoChart(plan.Timeline) is { } reason)
            return $"<p>{reason}</p>\n";
        var svg = new SvgText();
        var chart = new SvgChart(svg, 0, plan.Timeline, SvgChart.PerSecond([plan.Timeline]));
        chart.Draw();
        var breaks = chart
            .Breaks.Select(b =>
                (Markup)$"<li><b>{b.Mark.ToString()}</b> at {PlanWords.Share(b.Share)} of users: {PlanWords.Ends(b.Stretch!.Value)}</li>\n"
            )
            .ToList();
        var isWatched = plan.Timeline.Stretches.Any(s => s.IsWatched && s.IsTimed);
        return $"""
            <div class="chart" tabindex="0" role="region" aria-label="Exposure chart of {subject}"><svg viewBox="0 0 760 {Markup.Trusted(
                SvgText.Number(SvgChart.TotalHeight)
            )}" role="img" aria-label="Share of users over time; the figures are below">
            {Markup.Trusted(svg.ToString())}</svg></div>
            {Markup.If(
                breaks.Count > 0 || isWatched,
                $"<ul class=\"legend\">\n{breaks}{Markup.If(isWatched, $"<li><b class=\"bg\"></b> watched by the background analysis</li>\n")}</ul>\n"
            )}
            """;
    }
}
