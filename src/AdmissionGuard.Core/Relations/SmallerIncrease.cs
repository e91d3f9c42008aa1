using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Relations;

/// <summary>What to write in place of a growth of the new version's share that is too large.</summary>
internal static class SmallerIncrease
{
    /// <param name="max">Points that the share may grow by at once.</param>
    public static string Write(Inspection x, ExposurePlan plan, Increase increase, int max)
    {
        if (plan.HasOneStep)
            return string.Create(CultureInfo.InvariantCulture, $"stepWeight: {Math.Min(10, max)}");
        if (increase.To.SetBy["templates"u8].Exists)
            return ExperimentWeights.Smaller(increase.To.SetBy, plan.WeightOf(Math.Min(10, max)));
        // The weights are near enough to each other, and pods are too few for them.
        if (increase is { From: var from, To: { Written: { } written } to } && written - (from.Written ?? 0) <= max && !to.Implicit)
            return AutoscaledPlan.Of(x).EnoughPods(max);
        // Weights are written, and nobody gets them: there are no pods.
        if (
            plan.IsRouted
            && increase is { From.Share: 0, To.Implicit: true }
            && x.Spec["strategy"u8]["canary"u8]["steps"u8].Items.Any(s => s["setWeight"u8].Exists)
        )
            return "- setCanaryScale: {matchTrafficWeight: true}   # before the first setWeight";
        // Weights between are written, and nothing waits there.
        if (plan.WrittenIncreases.All(w => w.To != increase.To || w.Points > max + 1e-6))
            return Between(plan, increase, max);
        var where = increase.To.Implicit ? "after the last step" : "before this step";
        return $"- pause: {{duration: 5m}}   # {where}";
    }

    /// <summary>Steps that lead there within the limit: before the step, or for the implicit promotion at the end of the list.</summary>
    private static string Between(ExposurePlan plan, Increase increase, int max)
    {
        const int most = 5;
        var text = new StringBuilder();
        var at = increase.From.Share == 0 ? Math.Min(10, max) : Math.Floor(increase.From.Share + max);
        for (var lines = 0; lines < most; lines++)
        {
            var where = lines == 0 && increase.To.Implicit ? "   # after the last step" : "";
            text.Append(Step(plan, at)).Append(where).Append(plan.IsByFlagger ? "\n" : "\n- pause: {duration: 5m}\n");
            if (increase.To.Share - at <= max)
                break;
            at += max;
        }
        if (!increase.To.Implicit)
            text.Append(Step(plan, increase.To.Share));
        return text.ToString().TrimEnd('\n');
    }

    private static string Step(ExposurePlan plan, double share) =>
        string.Create(CultureInfo.InvariantCulture, $"- {(plan.IsByFlagger ? "" : "setWeight: ")}{plan.WeightOf(share)}");
}
