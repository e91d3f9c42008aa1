using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Plans;

/// <summary>The key figures of two plans, side by side.</summary>
internal sealed class PlanComparison(ExposureTimeline first, ExposureTimeline second)
{
    internal sealed record Row(string Figure, string First, string Second, string Difference);

    /// <summary>Second less first; null where one of them cannot be told.</summary>
    public double? LargestIncrease => second.LargestIncrease?.Points - first.LargestIncrease?.Points;

    public TimeSpan? Reaching(double share) => second.Reaching(share)?.AtLeast - first.Reaching(share)?.AtLeast;

    public double FullOutageMinutes => second.Cost.FullOutageMinutes - first.Cost.FullOutageMinutes;

    public IEnumerable<Row> Rows =>
        [
            new("largest increase", Points(first), Points(second), Signed(LargestIncrease, PlanWords.Points)),
            Time("to 50 % of users, at least", 50),
            Time("to all users, at least", 100),
            new("gates on the way", Number(Gates(first)), Number(Gates(second)), Signed(Gates(second) - Gates(first), PlanWords.Number)),
            new(
                "full-outage minutes",
                Number(first.Cost.FullOutageMinutes),
                Number(second.Cost.FullOutageMinutes),
                Signed(FullOutageMinutes, PlanWords.Number)
            ),
            new("until stopped by", Stop(first.Cost), Stop(second.Cost), ""),
        ];

    private Row Time(string figure, double share) =>
        new(
            figure,
            first.Reaching(share) is { } one ? Durations.Write(one.AtLeast) : "?",
            second.Reaching(share) is { } two ? Durations.Write(two.AtLeast) : "?",
            Signed(Reaching(share)?.TotalSeconds, s => Durations.Write(TimeSpan.FromSeconds(s)))
        );

    private static string Points(ExposureTimeline timeline) => timeline.LargestIncrease is { } largest ? PlanWords.Points(largest.Points) : "?";

    private static string Stop(ExposureCost cost) =>
        cost.StoppedBy is { } gate ? $"{PlanWords.Who(gate)} at {PlanWords.Share(cost.Share)}" : "only a person";

    private static int Gates(ExposureTimeline timeline) => timeline.Stretches.Count(s => s.Gate is not null);

    private static string Number(double value) => PlanWords.Number(value);

    private static string Signed(double? difference, Func<double, string> write) =>
        difference switch
        {
            null => "?",
            > 1e-9 => "+" + write(difference.Value),
            < -1e-9 => "-" + write(-difference.Value),
            _ => "the same",
        };
}
