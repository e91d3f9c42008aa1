using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Plans;

/// <summary>What people read of a plan, the same in the terminal and in a picture.</summary>
internal static class PlanWords
{
    public const string OnlyAPerson = "only a person who watches";

    /// <summary>More gates than these are counted.</summary>
    private const int MostNamed = 3;

    public static string Strategy(ExposurePlan plan) =>
        plan switch
        {
            { IsByFlagger: true } => Flagger(plan),
            { IsBlueGreen: true } => "blue-green: all users change over at once",
            { IsRollingUpdate: false, HasSteps: false } => "canary without steps: all users change over at once, when the pods are ready",
            { IsRollingUpdate: true } => "a rolling update (no steps, no router): as fast as pods are ready",
            { IsRouted: true } => "canary by trafficRouting",
            { IsAtMost: true } => "canary without a router: shares are made of pods, at most those shown",
            _ => "canary without a router: shares are as near as numbers of pods allow",
        };

    private static string Flagger(ExposurePlan plan) =>
        plan switch
        {
            { IsBlueGreen: true, IsRouted: true } => "blue-green: all users change over at once, then the primary rolls",
            { IsBlueGreen: true } => "blue-green without a router: users change over as the primary rolls",
            { IsByMatch: true, IsAtOnce: false } => "canary by weight for requests that match, the others as the primary rolls",
            { IsByMatch: true } => "A/B test: requests that match, the others as the primary rolls",
            { IsAtOnce: true } => "A/B test whose match picks nobody out: all users at the first look",
            { IsRollingUpdate: true } => "skipAnalysis: users change over as the primary rolls",
            _ => "canary by weight, then the primary rolls",
        };

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? NoChart(ExposureTimeline timeline)
    {
        if (timeline.Plan.IsRollingUpdate)
            return "no chart: the share grows pod by pod, nobody has written how fast";
        return ChartScale.Fits(timeline) ? null : "no chart: too many gates";
    }

    /// <summary>What begins a stage, as findings write it.</summary>
    public static string Step(PlannedObject planned, TimelineStage stage)
    {
        if (planned.Plan.IsByFlagger && stage.Stage.SetBy.Exists)
            return planned.Plan.IsByMatch || planned.Plan.IsAtOnce ? Matching(stage) : Number(planned, stage);
        if (planned.PathOf(stage) is { Steps: [.., var index, _] })
            return $"steps[{index}]";
        if (planned.Plan.IsBlueGreen)
            return stage.Stage.Implicit ? "switch" : "preview";
        return stage.Stage.Implicit ? "promotion" : "start";
    }

    private static string Matching(TimelineStage stage) =>
        stage.Stage.OfMatching is { } share && share < 100 ? $"match {Shown.Percent(share)}" : "match";

    /// <summary>Flagger's steps have one place for all, or none but a number.</summary>
    private static string Number(PlannedObject planned, TimelineStage stage) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"step {planned.Timeline.Stages.Where(s => s.Stage.SetBy.Exists).TakeWhile(s => s != stage).Count() + 1}"
        );

    public static string Share(double? share) => share is { } known ? Shown.Percent(known) : "?";

    public static string Ends(Stretch stretch) =>
        stretch switch
        {
            { IsUnreadable: true } => "a time that cannot be read",
            { Gate: Gate.Promotion } => "until promoted",
            { Gate: Gate.Analysis } => "until the analysis ends",
            { Gate: Gate.Experiment } => "until the experiment ends",
            { Gate: Gate.Plugin } => "until the plugin is done",
            { Gate: Gate.Webhook } => "until the webhook agrees",
            _ => Durations.Write(stretch.Length),
        };

    /// <summary>How long a stage lasts; pauses that follow each other are one.</summary>
    public static string Lasts(TimelineStage stage, bool isLast)
    {
        if (stage.Stretches.Count == 0 && stage.Stage.IsGradual)
            return "as fast as the primary rolls";
        if (stage.Stretches.Count == 0 && stage.Stage.IsPodByPod)
            return "pod by pod";
        if (stage.Stretches.Count == 0)
            return isLast ? "from then on" : "goes on at once";
        var gates = stage.Stretches.Count(s => !s.IsTimed);
        if (gates > MostNamed)
            return $"{Durations.Write(stage.AtLeast)} and {Number(gates)} gates";
        var parts = new List<string>();
        var timed = TimeSpan.Zero;
        foreach (var stretch in stage.Stretches)
        {
            if (stretch.IsTimed)
            {
                timed += stretch.Length;
                continue;
            }
            if (timed > TimeSpan.Zero)
                parts.Add(Durations.Write(timed));
            timed = TimeSpan.Zero;
            parts.Add(Ends(stretch));
        }
        if (timed > TimeSpan.Zero)
            parts.Add(Durations.Write(timed));
        return string.Join(", ", parts);
    }

    public static string Stops(TimelineStage stage)
    {
        if (stage.CanStop.Count > 0)
            return string.Join(", ", stage.CanStop.Select(Who));
        return stage.Share == 0 ? "nobody has it yet" : OnlyAPerson;
    }

    public static string Who(Gate gate) =>
        gate switch
        {
            Gate.Promotion => "whoever promotes it",
            Gate.Analysis => "the analysis",
            Gate.Experiment => "the experiment",
            Gate.Plugin => "the plugin",
            Gate.Webhook => "the webhook",
            Gate.Check => "a check",
            _ => "the background analysis",
        };

    public static IEnumerable<(string Name, string Text)> Figures(ExposureTimeline timeline) =>
        [
            ("largest increase", Largest(timeline)),
            ("to 50 % of users", Reaches(timeline, 50)),
            ("to all users", Reaches(timeline, 100)),
            ("a bad version costs", Costs(timeline.Cost)),
        ];

    public const string Unit = "full-outage minute: all users on a bad version for a minute, or a tenth for ten";

    private const string Unstopped = ": nothing stops it but a person who watches";

    private const string Unmatched = "cannot be told: nobody has written how many requests match";

    public static string Points(double points) => $"{Number(points)} points";

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Largest(ExposureTimeline timeline)
    {
        if (timeline.Plan.IsRollingUpdate)
            return "a pod at a time or more, by maxSurge and maxUnavailable";
        var unread = timeline.Stages.Any(s => s.Share is null);
        if (timeline.LargestIncrease is not { } largest)
        {
            if (!unread)
                return "none";
            return timeline.Plan.IsByMatch ? Unmatched : "cannot be told: a weight cannot be read";
        }
        var pace = largest.To.IsPodByPod ? ", pod by pod" : "";
        return $"{Points(largest.Points)}{pace}, from {Shown.Percent(largest.From.Share)} to {Shown.Percent(largest.To.Share)} of "
            + $"users{(unread ? " (without the weight that cannot be read)" : "")}";
    }

    private static string Reaches(ExposureTimeline timeline, double share)
    {
        var reach = timeline.Reaching(share);
        if (timeline.Plan.IsRollingUpdate)
            return "as fast as pods are ready";
        if (reach is null && timeline.Stages.All(s => s.Share is not null))
            return "never: the weight goes no further";
        if (reach is null)
            return timeline.Plan.IsByMatch ? Unmatched : "cannot be told: a weight before it cannot be read";
        if (reach is { Open.Count: 0 } && reach.AtLeast == TimeSpan.Zero)
            return "at once, when the pods are ready";
        if (reach.Open.Count == 0)
            return $"at least {Durations.Write(reach.AtLeast)}";
        var named = reach.Open.Take(MostNamed).Select(s => $"{Ends(s)} at {Share(s.Share)}");
        var more = reach.Open.Count > MostNamed ? $", and {Number(reach.Open.Count - MostNamed)} more" : "";
        var gates = $"{string.Join(", ", named)}{more}";
        return reach.AtLeast == TimeSpan.Zero
            ? $"as long as gates take: {gates}"
            : $"at least {Durations.Write(reach.AtLeast)}, and as long as gates take: {gates}";
    }

    private static string Costs(ExposureCost cost)
    {
        var before = cost.BeforeUsers is { } gate ? $"nothing if {Who(gate)} finds it before any user has it; else " : "";
        var then = cost switch
        {
            { StoppedBy: { } first, FullOutageMinutes: 0, Share: { } part } => CostsFromTheStart(first, part),
            { StoppedBy: { } stop } => CostsUntil(stop, cost),
            { FullOutageMinutes: > 0 } => $"{Minutes(cost.FullOutageMinutes)} by the end of the rollout, and 1 for each minute after it{Unstopped}",
            _ => $"1 full-outage minute for each minute after the change{Unstopped}",
        };
        return before + then + (cost.IsIncomplete ? " (without what cannot be read)" : "");
    }

    private static string CostsFromTheStart(Gate first, double share)
    {
        var lasts = first == Gate.Promotion ? "until somebody decides" : $"that {Who(first)} takes";
        return $"{Minutes(share / 100)} for each minute {lasts}, at {Share(share)} of users";
    }

    private static string CostsUntil(Gate stop, ExposureCost cost)
    {
        var each = cost.Share is { } share ? Number(share / 100) : "an unknown part";
        var lasts = stop switch
        {
            Gate.Check => "until it is taken back",
            Gate.Promotion => "that this takes",
            _ => "that it takes",
        };
        return $"{Minutes(cost.FullOutageMinutes)} until {Judges(stop)} at {Share(cost.Share)} of users, and {each} for each minute {lasts}";
    }

    private static string Minutes(double minutes) => $"{Number(minutes)} full-outage {(Number(minutes) == "1" ? "minute" : "minutes")}";

    private static string Judges(Gate gate) =>
        gate switch
        {
            Gate.Promotion => "somebody is asked to promote",
            Gate.Check => "a check fails",
            Gate.BackgroundAnalysis => $"the background analysis has watched for {Durations.Write(ExposureCost.LeastWatch)}",
            _ => $"{Who(gate)} begins",
        };
}
