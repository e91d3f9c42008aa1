using System.Text.Json.Nodes;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>Edits in the middle of a release that send a version on: each is found by a rule that denies.</summary>
public sealed class FlaggerEditTests
{
    [Fact]
    public void SkipAnalysis_promotes_at_the_next_look() =>
        AssertDenied("skipAnalysisAtHalf", "canary-can-fail", (spec, _) => spec["skipAnalysis"] = true, least: 250);

    [Fact]
    public void Checks_that_are_taken_away_promote_a_bad_version() =>
        AssertDenied(
            "metricsRemovedAtHalf",
            "canary-can-fail",
            (spec, _) =>
            {
                spec["analysis"]!.AsObject().Remove("metrics");
                spec["analysis"]!.AsObject().Remove("webhooks");
            },
            least: 250
        );

    [Fact]
    public void A_maxWeight_at_the_present_weight_promotes_at_the_next_look() =>
        AssertDenied("maxWeightOneAtHalf", "canary-weights", (spec, _) => spec["analysis"]!["maxWeight"] = 1, least: 80, needsWeight: true);

    [Fact]
    public void A_present_weight_that_is_taken_out_of_the_list_makes_the_next_step_100() =>
        AssertDenied(
            "listEdited",
            "canary-weights",
            (spec, weight) =>
            {
                var list = spec["analysis"]!["stepWeights"]!.AsArray();
                for (var i = 0; i < list.Count; i++)
                    list[i] = list[i]!.GetValue<int>() + (list[i]!.GetValue<int>() == weight - 1 ? 2 : 1);
            },
            least: 5,
            needsWeight: true
        );

    [Fact]
    public void An_edit_that_changes_nothing_of_the_next_look_is_no_jump()
    {
        foreach (var one in FlaggerCase.All.Where(c => c.Ends && !c.IsRefusedByDefinition))
        {
            var found = Edited(one, "canary-weights", Weight(one) ?? 10, (spec, _) => spec["progressDeadlineSeconds"] = 700);
            Assert.DoesNotContain(found, f => f.Key is "current weight" || f.Key.StartsWith("now ", StringComparison.Ordinal));
        }
    }

    private static void AssertDenied(string fact, string rule, Action<JsonObject, long> edit, int least, bool needsWeight = false)
    {
        var (silent, count) = (new List<string>(), 0);
        foreach (var one in FlaggerCase.All.Where(c => c.Facts[fact]["end"].Text == "succeeded" && !c.IsRefusedByDefinition))
        {
            var weight = Weight(one);
            if (one.Spec["skipAnalysis"u8].Exists || (needsWeight && (weight is null || one.Analysis.IsUnrouted)))
                continue;
            if (!one.Analysis.Node["metrics"u8].Exists && !one.Analysis.Node["webhooks"u8].Exists)
                continue; // there is nothing to take away
            count++;
            if (!Edited(one, rule, weight ?? 0, edit).Any(f => f.AtMost == GuardAction.Deny))
                silent.Add(one.Id);
        }
        Assert.True(silent.Count == 0, $"{silent.Count} of {count}: {string.Join(' ', silent)}");
        Assert.True(count >= least, $"{count} releases");
    }

    /// <summary>A weight in the middle of its release: above 0, and not yet the last.</summary>
    private static long? Weight(FlaggerCase one)
    {
        var weights = one.Analysis.Walk.Steps.Select(s => s.Weight).ToList();
        return weights.Count > 1 ? weights[0] : null;
    }

    private static IReadOnlyList<Finding> Edited(FlaggerCase one, string rule, long weight, Action<JsonObject, long> edit)
    {
        var stored = JsonNode.Parse(one.Canary.ToString())!.AsObject();
        stored["status"] = new JsonObject { ["phase"] = "Progressing", ["canaryWeight"] = weight };
        var changed = stored.DeepClone().AsObject();
        edit(changed["spec"]!.AsObject(), weight);
        var verdict = Judge.Verdict(
            changed.ToJsonString(),
            stored.ToJsonString(),
            policy: Judge.Policy(rule, GuardAction.Deny),
            stage: Stage.Validate
        );
        Assert.Contains(Catalogue.Rules, r => r.Id == rule);
        return [.. verdict.Judgements.Where(j => j.Rule == rule).Select(j => j.Finding)];
    }
}
