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
            + "maxWeight above 100 is never reached; and 2.5, which the API server accepts, "
            + "it cannot read. A current weight that an edit takes out of stepWeights makes the next step 100 (flagger "
            + "pkg/controller/scheduler.go, nextStepWeight and runCanary).",
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
        if (analysis.IsBlueGreen || analysis.IsByMatch)
            return;
        if (analysis.Node["stepWeights"u8] is { Exists: true } list)
            OfList(x, list);
        else if (analysis.Node["stepWeight"u8].Exists)
            OfStep(x, analysis);
    }

    private static void OfStep(Inspection x, CanaryAnalysis analysis)
    {
        var written = analysis.Node["stepWeight"u8];
        var most = analysis.Node["maxWeight"u8];
        if (WeightFault.IsFraction(written) || WeightFault.IsFraction(most) || x.Read.Integer(written) is not { } step)
            return;
        if (step <= 0)
        {
            x.Report(WeightFault.NotAboveZero(written, step));
            return;
        }
        if (analysis.MaxWeight > 100)
            x.Report(WeightFault.NeverReached(most, analysis.MaxWeight));
        else if (analysis.Weights().Last().Weight is { } end)
            Sample(x, Place.Of(analysis.Node, "maxWeight"), end, "maxWeight: 50");
    }

    private static void OfList(Inspection x, Node list)
    {
        if (list.IsArray && list.Count == 0)
        {
            x.Report(WeightFault.Empty(list));
            return;
        }
        long? before = 0;
        var count = 0;
        foreach (var item in x.Read.Items(list))
        {
            var at = item;
            if (WeightFault.IsFraction(at))
                x.Report(WeightFault.Fraction(at, "the weight"));
            var weight = WeightFault.IsFraction(at) ? null : x.Read.Integer(at);
            if (weight is { } number && before is { } last && WeightFault.InOrder(number, last) is { } wrong)
            {
                x.Report(
                    new Finding(at, $"{last} {number}", wrong)
                    {
                        Found = $"{number}",
                        Limit = $"{last + 1} to 100",
                        Whole = "weights",
                        Remedy = last < 100 ? $"- {Math.Min(100, last + 10)}" : null,
                    }
                );
                if (++count == Most)
                    return;
            }
            before = weight;
        }
        if (count == 0 && before is { } end)
            Sample(x, list, end, "- 50   # after the last step");
        if (count == 0)
            Missing(x, list);
    }

    /// <summary>The one at hand counts only while it is in the list.</summary>
    private static void Missing(Inspection x, Node list)
    {
        if (x.Old is not { } old || list.SameAs(new CanaryAnalysis(old.Spec, old.Read).Node["stepWeights"u8]))
            return;
        var status = new CanaryStatus(old.Root["status"u8]);
        if (!status.IsProgressing || status.Weight is not (> 0 and < 100) || list.Items.Any(i => x.Read.Integer(i) == status.Weight))
            return;
        x.Report(WeightFault.LeftOut(list, status.Weight));
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
