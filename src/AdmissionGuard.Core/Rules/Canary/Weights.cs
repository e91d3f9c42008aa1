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
        foreach (var name in Numbers.Where(n => IsFraction(analysis.Node[n])))
            x.Report(Fraction(analysis.Node[name], name));
        if (analysis.IsBlueGreen || analysis.IsByMatch)
            return;
        if (analysis.Node["stepWeights"u8] is { Exists: true } list)
            OfList(x, list);
        else if (analysis.Node["stepWeight"u8].Exists)
            OfStep(x, analysis);
    }

    private static void OfStep(Inspection x, CanaryAnalysis analysis)
    {
        var (written, most) = (analysis.Node["stepWeight"u8], analysis.Node["maxWeight"u8]);
        if (IsFraction(written) || IsFraction(most) || x.Read.Integer(written) is not { } step)
            return;
        if (step <= 0)
        {
            x.Report(
                new Finding(
                    written,
                    "stepWeight",
                    $"stepWeight is {step}, at least 1 is needed: no user ever gets the new version, and the release never ends"
                )
                {
                    Found = $"{step}",
                    Limit = "1",
                    Excess = 1 - step,
                    Remedy = "stepWeight: 10",
                }
            );
            return;
        }
        if (analysis.MaxWeight > 100)
        {
            x.Report(
                new Finding(
                    most,
                    "maxWeight",
                    $"maxWeight is {analysis.MaxWeight}, at most 100 is allowed: no weight reaches it, and the new version is never promoted"
                )
                {
                    Found = $"{analysis.MaxWeight}",
                    Limit = "100",
                    Excess = analysis.MaxWeight - 100,
                    Remedy = "maxWeight: 50",
                }
            );
        }
        else if (analysis.Weights().Last().Weight is { } end)
            Sample(x, Place.Of(analysis.Node, "maxWeight"), end, "maxWeight: 50");
    }

    private static void OfList(Inspection x, Node list)
    {
        if (list.IsArray && list.Count == 0)
        {
            x.Report(
                new Finding(
                    list,
                    "stepWeights",
                    "stepWeights is empty, at least one weight is needed: no user ever gets the new version, and the release never ends"
                )
                {
                    Remedy = "stepWeights: [5, 20, 50]",
                }
            );
            return;
        }
        var (before, count) = ((long?)0, 0);
        foreach (var item in x.Read.Items(list))
        {
            var at = item;
            if (IsFraction(at))
                x.Report(Fraction(at, "the weight"));
            var weight = IsFraction(at) ? null : x.Read.Integer(at);
            if (weight is { } number && before is { } last && WhatIsWrong(number, last) is { } wrong)
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

    private static string? WhatIsWrong(long weight, long before) =>
        weight switch
        {
            > 100 => $"{weight} stands among the weights, at most 100 is allowed: it is taken for 100",
            _ when weight <= before && before == 0 =>
                $"{weight} stands first, at least 1 is needed: no user ever gets the new version, and the release never ends",
            _ when weight <= before =>
                $"{weight} stands after {before}, weights must grow: Flagger takes no step that is not above 0, and the release stays there for ever",
            _ => null,
        };

    /// <summary>The one at hand counts only while it is in the list.</summary>
    private static void Missing(Inspection x, Node list)
    {
        if (x.Old is not { } old || list.SameAs(new CanaryAnalysis(old.Spec, old.Read).Node["stepWeights"u8]))
            return;
        var status = new CanaryStatus(old.Root["status"u8]);
        if (!status.IsProgressing || status.Weight is not (> 0 and < 100) || list.Items.Any(i => x.Read.Integer(i) == status.Weight))
            return;
        x.Report(
            new Finding(
                list,
                "current weight",
                $"{status.Weight} % of users are on the new version now, a weight that is no longer in the list: the next step is 100 %"
            )
            {
                Found = "100 %",
                Limit = $"{status.Weight} %",
                Remedy = $"- {status.Weight}   # until the release has ended",
            }
        );
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

    private static bool IsFraction(Node node) =>
        node.Kind == System.Text.Json.JsonValueKind.Number && node.Element.TryGetDouble(out var value) && Math.Floor(value) != value;

    private static Finding Fraction(Node at, string name) =>
        new(at, $"{name} {at}", $"{name} is {at}, a whole number is needed: the API server stores it, but Flagger cannot read the Canary any more")
        {
            Found = Shown.Clip(at.ToString(), 40),
            Limit = "a whole number",
        };
}
