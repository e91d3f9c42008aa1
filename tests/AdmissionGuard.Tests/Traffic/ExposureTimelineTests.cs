using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Tests.Rules.Rollout;

namespace AdmissionGuard.Tests.Traffic;

/// <summary>Figures worked out by hand.</summary>
public sealed class ExposureTimelineTests
{
    private const string Watched = Manifest.Istio + ", " + Manifest.Background;

    // tests/setups/rollout-with-mesh.yaml: 0.05 x 2 + 0.1 x 5 + 0.25 x 5 + 0.5 x 5 + 0.75 x 5 = 8.1
    [Theory]
    [InlineData("5 pause:2m 10 pause:5m 25 pause:5m 50 pause:5m 75 pause:5m", "25->50", "12m", "22m", "8.1 nothing")]
    [InlineData("20", "0->100", "0s", "0s", "0 nothing")]
    [InlineData("100", "0->100", "0s", "0s", "0 nothing")]
    [InlineData("100 pause:10m", "0->100", "0s", "0s", "10 nothing")]
    [InlineData("50 pause:4m", "0->50", "0s", "4m", "2 nothing")]
    [InlineData("pause:5m 50 pause:4m", "0->50", "5m", "9m", "2 nothing")]
    [InlineData(
        "10 pause:10m analysis 40 wait pause:20m 80 experiment",
        "40->80",
        "30m Analysis@10 Promotion@40",
        "30m Analysis@10 Promotion@40 Experiment@80",
        "1 Analysis@10"
    )]
    [InlineData("10 analysis pause:10m", "10->100", "10m Analysis@10", "10m Analysis@10", "0 Analysis@10")]
    [InlineData("10 pause:30 50 pause:1m wait", "50->100", "30s", "1m30s Promotion@50", "0.55 Promotion@50")]
    [InlineData("wait 10 pause:10m", "10->100", "10m Promotion@0", "10m Promotion@0", "1 nothing before:Promotion")]
    [InlineData(
        "analysis wait 10 pause:10m plugin",
        "10->100",
        "10m Analysis@0 Promotion@0 Plugin@10",
        "10m Analysis@0 Promotion@0 Plugin@10",
        "1 Plugin@10 before:Analysis"
    )]
    [InlineData("50 pause:1m 10 pause:10m", "10->100", "0s", "11m", "1.5 nothing")]
    public void A_canary(string steps, string largest, string half, string all, string cost) =>
        AssertFigures(Manifest.Canary(steps, Manifest.Istio), largest, half, all, cost);

    [Theory]
    [InlineData("20 pause:10m", "20->100", "10m", "10m", "0.1 BackgroundAnalysis@20")]
    [InlineData("20 pause:29", "20->100", "29s", "29s", "0.1 nothing")]
    [InlineData("10 pause:20 50 pause:10m", "50->100", "20s", "10m20s", "0.12 BackgroundAnalysis@50")]
    [InlineData("pause:10m 50 pause:10m", "0->50", "10m", "20m", "0.25 BackgroundAnalysis@50")]
    [InlineData("10 pause:20 wait 50 pause:10m", "50->100", "20s Promotion@10", "10m20s Promotion@10", "0.03 Promotion@10")]
    public void A_background_analysis_stops_what_it_has_watched_for_half_a_minute(
        string steps,
        string largest,
        string half,
        string all,
        string cost
    ) => AssertFigures(Manifest.Canary(steps, Watched), largest, half, all, cost);

    [Theory]
    [InlineData("", "0s", "0 nothing")]
    [InlineData("'autoPromotionSeconds': 300", "5m", "0 nothing")]
    [InlineData("'autoPromotionEnabled': false", "0s Promotion@0", "0 nothing before:Promotion")]
    [InlineData(
        "'autoPromotionSeconds': 60, 'prePromotionAnalysis': {'templates': [{'templateName': 'rate'}]}",
        "1m Analysis@0",
        "0 nothing before:Analysis"
    )]
    [InlineData("'postPromotionAnalysis': {'templates': [{'templateName': 'rate'}]}", "0s", "0 Analysis@100")]
    public void Blue_green(string fields, string all, string cost) => AssertFigures(Manifest.BlueGreen(fields), "0->100", all, all, cost);

    [Fact]
    public void Without_steps_a_router_sends_all_users_at_once_and_pods_alone_nobody_knows_how_fast()
    {
        AssertFigures(Manifest.Rollout($"{{'canary': {{{Manifest.Istio}}}}}"), "0->100", "0s", "0s", "0 nothing");
        AssertFigures(Manifest.Rollout("{'canary': {}}"), "?", "?", "?", "0 nothing");
    }

    [Theory]
    [InlineData("10 pause:soon pause:10m 80 pause:5m", "10->80", "10m unreadable@10", "15m unreadable@10", "5 nothing incomplete")]
    [InlineData("10 pause:10m '50' pause:10m 80 pause:5m", "80->100", "?", "?", "5 nothing incomplete")]
    [InlineData("60 pause:10m '50' pause:10m", "0->60", "0s", "?", "6 nothing incomplete")]
    [InlineData("'50' pause:10m analysis", "?", "?", "?", "0 Analysis@? incomplete")]
    public void What_cannot_be_read_is_not_guessed(string steps, string largest, string half, string all, string cost) =>
        AssertFigures(Manifest.Canary(steps, Manifest.Istio), largest, half, all, cost);

    [Theory]
    [InlineData("5 pause:1m 10", Manifest.Istio, "5: | 10: | 100:")]
    [InlineData("wait 10 analysis 50 plugin experiment", Manifest.Istio, "0:Promotion | 10:Analysis | 50:Plugin Experiment | 100:")]
    [InlineData("1 pause:20 10 pause:20 50 60 pause:1", Watched, "1: | 10:BackgroundAnalysis | 50: | 60:BackgroundAnalysis | 100:")]
    [InlineData("pause:1h 1 pause:20", Watched, "0: | 1: | 100:")]
    public void Each_stage_says_what_can_stop_it(string steps, string also, string stages) =>
        Assert.Equal(
            stages,
            string.Join(" | ", Timeline(Manifest.Canary(steps, also)).Stages.Select(s => $"{s.Share}:{string.Join(' ', s.CanStop)}"))
        );

    [Fact]
    public void Stretches_keep_the_order_of_the_steps()
    {
        var stretches = Timeline(Manifest.Canary("10 pause:1m analysis pause:2m pause:3m wait")).Stretches;
        Assert.Equal(
            "0s+1m 1m:Analysis 1m+2m 3m+3m 6m:Promotion",
            string.Join(' ', stretches.Select(s => Durations.Write(s.Start) + (s.Gate is { } gate ? $":{gate}" : $"+{Durations.Write(s.Length)}")))
        );
    }

    [Theory]
    [InlineData("1", 800)]
    [InlineData("1", 30000)]
    [InlineData("1 2", 15000)]
    public void Pauses_that_overflowed_are_a_hundred_days_and_every_rule_still_judges(string weights, int times)
    {
        var once = string.Join(' ', weights.Split(' ').Select(w => $"{w} pause:2147483647"));
        var rollout = Manifest.Canary(string.Join(' ', Enumerable.Repeat(once, times)));
        Assert.Equal(Hold.Longest, Timeline(rollout).Length);
        Assert.Empty(Judge.Verdict(rollout).Failures);
    }

    private static void AssertFigures(string rollout, string largest, string half, string all, string cost)
    {
        var timeline = Timeline(rollout);
        Assert.Equal((largest, half, all), (timeline.LargestIncrease?.Key ?? "?", Text(timeline.Reaching(50)), Text(timeline.Reaching(100))));
        var found = timeline.Cost;
        var stop = found.StoppedBy is { } gate ? $"{gate}@{Share(found.Share)}" : "nothing";
        Assert.Equal(
            cost,
            $"{found.FullOutageMinutes.ToString("0.##", CultureInfo.InvariantCulture)} "
                + $"{stop}{(found.BeforeUsers is { } before ? $" before:{before}" : "")}{(found.IsIncomplete ? " incomplete" : "")}"
        );
    }

    private static string Text(Reach? reach)
    {
        if (reach is null)
            return "?";
        return string.Join(
            ' ',
            [Durations.Write(reach.AtLeast), .. reach.Open.Select(s => $"{(s.IsUnreadable ? "unreadable" : s.Gate)}@{Share(s.Share)}")]
        );
    }

    private static string Share(double? share) => share?.ToString("0.##", CultureInfo.InvariantCulture) ?? "?";

    private static ExposureTimeline Timeline(string rollout) => new(RolloutPlan.Of(Judge.Json(rollout)["spec"u8], new Reader()));
}
