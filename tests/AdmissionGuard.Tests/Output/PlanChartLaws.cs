using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Plans;
using AdmissionGuard.Tests.Rules.Rollout;
using FsCheck;
using FsCheck.Fluent;

namespace AdmissionGuard.Tests.Output;

/// <summary>The terminal's chart never lies: read back from its characters, every column shows the share that the steps have at its time.</summary>
public sealed class PlanChartLaws
{
    private const int Columns = 70;
    private const int Tail = 6;

    private static readonly string[] Steps =
    [
        "0",
        "1",
        "2",
        "5",
        "10",
        "25",
        "33",
        "50",
        "51",
        "75",
        "99",
        "100",
        "pause:1",
        "pause:10",
        "pause:45",
        "pause:1m",
        "pause:5m",
        "pause:7m30s",
        "pause:1h",
        "pause:3h",
        "wait",
        "analysis",
        "experiment",
        "plugin",
    ];

    [Fact]
    public void Every_column_shows_the_share_of_its_time() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(Gen.Resize(Gen.ListOf(Gen.Elements(Steps)), 24).ToArbitrary(), steps => AssertTrue([.. steps]))
        );

    private static void AssertTrue(string[] steps)
    {
        var (stretches, last) = Walk(steps);
        var lines = Chart(steps);
        Assert.All(lines, l => Assert.True(l.Length <= 80, l));
        var axis = lines[10][9..];
        var breaks = stretches.Where(s => s.Seconds is null).ToList();
        var breakWidth = breaks.Count > 10 ? 1 : 3;
        var total = stretches.Sum(s => s.Seconds ?? 0);
        var perSecond = (Columns - Tail - (breaks.Count * breakWidth)) / total;
        var (timed, open) = (0, 0);
        for (var column = 0; column < axis.Length; column++)
        {
            var isBreak = axis[column] == '╌' || char.IsAsciiLetter(axis[column]);
            var time = (timed + 0.5 + 1e-6) / perSecond;
            double expected;
            if (isBreak)
                expected = breaks[open / breakWidth].Share;
            else if (total > 0 && time < total)
                expected = ShareAt(stretches, time);
            else
                expected = last;
            if (isBreak)
                open++;
            else
                timed++;
            Assert.True(
                Math.Abs(Shown(lines, column) - expected) <= (expected is > 0 and < 1.25 ? 1.25 : 0.626),
                $"column {column}: {Shown(lines, column)} for {expected} in {string.Join(' ', steps)}\n{string.Join('\n', lines)}"
            );
            Assert.Equal((expected == 0, expected == 100), (Shown(lines, column) == 0, Shown(lines, column) == 100));
        }
        Assert.Equal(breaks.Count * breakWidth, open);
    }

    /// <summary>The steps as Argo walks them, without the model: shares with their seconds, or null for what is open.</summary>
    private static (List<(double Share, double? Seconds)> Stretches, double Last) Walk(string[] steps)
    {
        var stretches = new List<(double, double?)>();
        var share = 0.0;
        foreach (var step in steps)
        {
            if (double.TryParse(step, out var weight))
                share = weight;
            else if (step.StartsWith("pause:", StringComparison.Ordinal))
                stretches.Add((share, int.TryParse(step[6..], out var seconds) ? seconds : Seconds(step[6..])));
            else
                stretches.Add((share, null));
        }
        return (stretches, 100);
    }

    private static double Seconds(string text) =>
        text switch
        {
            "1m" => 60,
            "5m" => 300,
            "7m30s" => 450,
            "1h" => 3600,
            "3h" => 10800,
            _ => throw new ArgumentOutOfRangeException(nameof(text)),
        };

    private static double ShareAt(List<(double Share, double? Seconds)> stretches, double time)
    {
        foreach (var (share, seconds) in stretches)
        {
            if (seconds is null)
                continue;
            if (time < seconds)
                return share;
            time -= seconds.Value;
        }
        throw new ArgumentOutOfRangeException(nameof(time));
    }

    private static string[] Chart(string[] steps)
    {
        var timeline = new ExposureTimeline(RolloutPlan.Of(Judge.Json(Manifest.Canary(string.Join(' ', steps)))["spec"u8], new Reader()));
        using var text = new StringWriter { NewLine = "\n" };
        new PlanChart(timeline, PlanChart.PerSecond([timeline])).Write(text, colours: false);
        return text.ToString().Split('\n');
    }

    /// <summary>The share that a reader sees: full cells and the eighths of the one that is not.</summary>
    private static double Shown(string[] lines, int column)
    {
        var eighths = 0;
        foreach (var line in lines[..10])
        {
            var cell = column + 9 < line.Length ? line[column + 9] : ' ';
            eighths += cell == '▒' ? 8 : " ▁▂▃▄▅▆▇█".IndexOf(cell, StringComparison.Ordinal);
        }
        return eighths / 0.8;
    }
}
