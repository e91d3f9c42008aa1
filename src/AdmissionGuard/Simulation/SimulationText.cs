using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Simulation;

/// <summary>Who would meet what, for the admin who is about to turn a policy on.</summary>
internal static class SimulationText
{
    /// <summary>Of one kind of change; the rest is counted.</summary>
    private const int Shows = 50;

    private const int Rows = 15;

    public static void Write(TextWriter output, IReadOnlyList<SimulatedReview> outcomes)
    {
        foreach (
            var (change, title) in ((Effect, string)[])
                [
                    (Effect.Refused, "newly refused"),
                    (Effect.Warned, "newly warned"),
                    (Effect.Repaired, "newly repaired"),
                    (Effect.Freed, "freed: refused now, and no more"),
                ]
        )
        {
            var changed = outcomes.Where(o => o.Effect == change).ToList();
            if (changed.Count == 0)
                continue;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title} ({changed.Count})"));
            foreach (var outcome in changed.Take(Shows))
                Write(output, outcome);
            if (changed.Count > Shows)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {changed.Count - Shows} more: --output json has all"));
            output.WriteLine();
        }
        Table(output, "RULE", outcomes, o => o.Because.Select(j => j.Rule));
        Table(output, "NAMESPACE", outcomes, o => [o.Review.Namespace.Length > 0 ? o.Review.Namespace : "(of the cluster)"]);
        if (outcomes.Select(o => o.Review.Actor.User).Distinct(StringComparer.Ordinal).Take(2).Count() > 1)
            Table(output, "USER", outcomes, o => [o.Review.Actor.User]);
        output.WriteLine(Summary(outcomes));
    }

    public static string Summary(IReadOnlyList<SimulatedReview> outcomes) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{outcomes.Count} judged: {Count(outcomes, Effect.Refused)} newly refused, {Count(outcomes, Effect.Warned)} newly warned, "
                + $"{Count(outcomes, Effect.Repaired)} newly repaired, {Count(outcomes, Effect.Freed)} freed, {Count(outcomes, Effect.None)} as now"
        );

    private static void Write(TextWriter output, SimulatedReview outcome)
    {
        output.WriteLine($"  {FindingText.Line(outcome.Where)}: {FindingText.Subject(outcome.Review)}");
        foreach (var judgement in outcome.Because)
        {
            output.WriteLine($"    {judgement.Rule}  {FindingText.Line(judgement.Path.ToText())}");
            output.WriteLine($"      {FindingText.Line(judgement.Finding.Message)}");
        }
    }

    private static void Table(TextWriter output, string title, IReadOnlyList<SimulatedReview> outcomes, Func<SimulatedReview, IEnumerable<string>> by)
    {
        var rows = outcomes
            .Where(o => o.Effect != Effect.None)
            .SelectMany(o => by(o).Distinct(StringComparer.Ordinal).Select(n => (Name: n, o.Effect)))
            .GroupBy(x => x.Name, x => x.Effect, StringComparer.Ordinal)
            .Select(g =>
                (
                    Name: Shown.Clip(g.Key, 60),
                    Refused: g.Count(c => c == Effect.Refused),
                    Warned: g.Count(c => c == Effect.Warned),
                    Repaired: g.Count(c => c == Effect.Repaired),
                    Freed: g.Count(c => c == Effect.Freed)
                )
            )
            .OrderByDescending(r => r.Refused)
            .ThenByDescending(r => r.Warned)
            .ThenBy(r => r.Name, StringComparer.Ordinal)
            .ToList();
        if (rows.Count == 0)
            return;
        var width = Math.Max(title.Length, rows.Take(Rows).Max(r => r.Name.Length));
        output.WriteLine($"{title.PadRight(width)}  REFUSED  WARNED  REPAIRED  FREED");
        foreach (var row in rows.Take(Rows))
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name.PadRight(width)}  {row.Refused, 7}  {row.Warned, 6}  {row.Repaired, 8}  {row.Freed, 5}"
                )
            );
        if (rows.Count > Rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {rows.Count - Rows} more"));
        output.WriteLine();
    }

    public static int Count(IReadOnlyList<SimulatedReview> outcomes, Effect change) => outcomes.Count(o => o.Effect == change);
}
