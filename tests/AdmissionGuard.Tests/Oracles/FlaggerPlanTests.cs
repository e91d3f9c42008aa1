using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>A Canary's plan against the looks of Flagger's controller.</summary>
public sealed class FlaggerPlanTests
{
    [Fact]
    public void Shares_over_time_are_those_that_Flagger_gives()
    {
        var differences = new List<string>();
        foreach (var one in FlaggerCase.All.Where(c => c.Ends && !c.IsRefusedByDefinition))
        {
            var isMatched = one.Looks("course").Any(l => l["shareMatched"].Exists);
            var real = one.Held();
            var plan = Planned(one.Timeline);
            var seconds = one.Facts["interval"u8].Element().GetInt32();
            if (one.HasGates && real[0].Share == 0 && plan[0].Share != 0)
                real.RemoveAt(0);
            if (one.Analysis.IsSkipped)
                real = [(100, 0)];
            var shares = real.Select(r => r.Share).ToList();
            var ours = plan.Where(p => p.Share is not null).Select(p => p.Share!.Value).ToList();
            var areSame = isMatched ? IsAfterNobody(shares, ours) : plan.TrueForAll(p => p.Share is not null) && Same(shares, ours);
            if (!areSame)
                differences.Add($"{one}: Flagger {Write(shares)}, plan {Write(ours)}");
            else if (
                !isMatched
                && !one.HasGates
                && !real.SkipLast(1).Select(r => r.Looks * seconds).SequenceEqual(plan.SkipLast(1).Select(p => (int)p.Seconds))
            )
                differences.Add($"{one}: other times");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void A_plan_ends_where_the_release_ends_and_nowhere_else()
    {
        var differences = FlaggerCase
            .All.Where(c => !c.IsRefusedByDefinition && !c.IsRefusedByController && (c.Ends || c.IsStuck))
            .Where(c => c.IsStuck != (CanaryStall.Of(c.Analysis) is not null))
            .Select(c => $"{c}: {c.End}");
        Assert.True(!differences.Any(), string.Join('\n', differences));
    }

    [Fact]
    public void A_release_that_stays_below_all_users_is_planned_so()
    {
        foreach (var one in FlaggerCase.All.Where(c => c.IsStuck && c.Shares().Last() < 100))
            Assert.True(one.Timeline.Reaching(100) is null, one.Id);
    }

    [Fact]
    public void A_bad_version_costs_what_Flaggers_first_failed_check_finds()
    {
        var differences = new List<string>();
        var count = 0;
        foreach (var one in FlaggerCase.All.Where(c => c.Ends && !c.IsRefusedByDefinition && !c.HasGates && c.Facts["bad"u8].Exists))
        {
            if (one.Looks("course").Any(l => l["shareMatched"].Exists))
                continue;
            var looks = one.Looks("bad").ToList();
            var cost = one.Timeline.Cost;
            var isStopped = one.Facts["bad"u8]["end"u8].Text == "failed";
            if (isStopped != (cost.StoppedBy is not null || cost.BeforeUsers is not null))
                differences.Add($"{one}: stopped {isStopped}, the plan says {cost.StoppedBy}");
            var failed = looks.FindIndex(l => l["failedChecks"].Exists);
            if (!isStopped || failed < 1)
                continue;
            count++;
            var seconds = one.Facts["interval"u8].Element().GetInt32();
            var minutes = looks[1..failed].Sum(l => FlaggerCase.Share(l, "share")) / 100 * seconds / 60;
            if (Math.Abs(minutes - cost.FullOutageMinutes) > 0.011 && !(minutes == 0 && cost.BeforeUsers is not null))
                differences.Add($"{one}: {minutes} full-outage minutes, the plan says {cost.FullOutageMinutes}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(count > 100, $"{count} releases");
    }

    [Fact]
    public void Interval_and_threshold_are_as_Flagger_takes_them()
    {
        foreach (var one in FlaggerCase.All.Where(c => c.Facts["interval"u8].Exists && !c.IsRefusedByDefinition))
        {
            Assert.True(one.Facts["interval"u8].Element().GetDouble() == one.Analysis.Interval.TotalSeconds, one.Id);
            Assert.True(one.Facts["threshold"u8].Element().GetInt64() == one.Analysis.Threshold, one.Id);
        }
    }

    private static List<(double? Share, double Seconds)> Planned(ExposureTimeline timeline)
    {
        var planned = new List<(double? Share, double Seconds)>();
        foreach (var stage in timeline.Stages)
        {
            if (planned.Count > 0 && planned[^1].Share is { } last && stage.Share is { } share && Math.Abs(last - share) < 0.06)
                planned[^1] = (last, planned[^1].Seconds + stage.AtLeast.TotalSeconds);
            else
                planned.Add((stage.Share, stage.AtLeast.TotalSeconds));
        }
        if (planned.Count > 1 && planned[0] is (0, 0))
            planned.RemoveAt(0);
        return planned;
    }

    private static bool IsAfterNobody(List<double> real, List<double> ours) => Same(real, ours) || Same(real, [0, .. ours]);

    private static bool Same(List<double> one, List<double> other) =>
        one.Count == other.Count && one.Zip(other).All(p => Math.Abs(p.First - p.Second) < 0.06);

    private static string Write(IEnumerable<double> shares) => string.Join(' ', shares);
}
