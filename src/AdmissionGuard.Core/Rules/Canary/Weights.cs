using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>The weights lead from nobody to enough users, step by step, and to an end. See docs/facts/flagger.md#weights.</summary>
internal static class Weights
{
    private static readonly IntegerParameter MinMaxWeight = new(
        "minMaxWeight",
        20,
        1,
        100,
        "percent of users that must have judged a new version before it is promoted; less is advice"
    );

    public static readonly Rule Rule = new()
    {
        Id = "canary-weights",
        Summary = "The weights of a Canary must grow with every step, from 1 to 100, and end where enough users judge.",
        Why =
            "Flagger validates no number: it takes only steps above 0, so a weight that does not grow keeps two versions serving for ever; a "
            + "maxWeight above 100 is never reached; a mirror that the router does not tell of begins again at each interval; and 2.5, which the "
            + "API server accepts, it cannot read. An edit in the middle of a release counts at the next look: a current weight that is no longer in "
            + "stepWeights makes the next step 100, a maxWeight at or below it promotes (flagger pkg/controller/scheduler.go, nextStepWeight and "
            + "runCanary).",
        Remedy = "Write a stepWeight above 0 with a maxWeight up to 100, or stepWeights in ascending order.",
        Kinds = [ObjectKind.Canary],
        Parameters = [MinMaxWeight],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    /// <summary>More say nothing new.</summary>
    private const int Most = 10;

    private static readonly string[] Numbers = ["stepWeight", "maxWeight", "stepWeightPromotion", "mirrorWeight", "iterations", "threshold"];

    private static void Check(Inspection x)
    {
        var analysis = new CanaryAnalysis(x.Spec, x.Read);
        if (!analysis.Node.IsObject)
            return;
        foreach (var name in Numbers.Where(n => WeightFault.IsFraction(analysis.Node[n])))
            x.Report(WeightFault.Fraction(analysis.Node[name], name));
        if (analysis.IsSkipped)
            return;
        if (CanaryStall.Of(analysis) is { } stall)
            x.Report(stall);
        if (x.Old is { } old && CanaryJump.Of(x.Spec, old) is { } jump)
            x.Report(jump);
        if (analysis.IsBlueGreen || analysis.IsByMatch)
            return;
        OfList(x, analysis);
        var walk = analysis.Walk;
        if (walk is { IsReadable: true, EndsAt: null, Steps.Count: > 0 } && walk.Steps[^1].Weight is { } end)
            Sample(x, analysis, end);
    }

    private static void OfList(Inspection x, CanaryAnalysis analysis)
    {
        var walk = analysis.Walk;
        var before = 0L;
        var count = 0;
        foreach (var item in x.Read.Items(analysis.Node["stepWeights"u8]))
        {
            var at = item;
            if (WeightFault.IsFraction(at))
                x.Report(WeightFault.Fraction(at, "the weight"));
            var weight = WeightFault.IsFraction(at) ? null : x.Read.Integer(at);
            if (weight is not { } number)
                continue;
            var isBlocking = walk.Blocking is { } blocking && blocking.At.Raw == at.Raw;
            if (!isBlocking && (number > 100 || number <= before))
            {
                x.Report(WeightFault.Odd(at, number, before));
                if (++count == Most)
                    return;
            }
            before = number;
        }
    }

    private static void Sample(Inspection x, CanaryAnalysis analysis, long end)
    {
        var list = analysis.Node["stepWeights"u8];
        if (list.Exists)
            Sample(x, list, end, "- 50   # after the last step");
        else
            Sample(x, Place.Of(analysis.Node, "maxWeight"), end, "maxWeight: 50");
    }

    private static void Sample(Inspection x, Place at, long end, string remedy)
    {
        var min = x.Get(MinMaxWeight);
        if (end < 1 || end >= min)
            return;
        x.Report(
            new Finding(
                at,
                "sample",
                $"the weights end at {end} % of users, at least {min} % is advised: what fails under load is found when the primary has it"
            )
            {
                Found = $"{end} %",
                Limit = $"{min} %",
                Excess = min - end,
                Remedy = remedy,
                AtMost = GuardAction.Warn,
            }
        );
    }
}
