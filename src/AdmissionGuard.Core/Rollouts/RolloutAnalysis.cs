using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// An analysis of a Rollout: Argo makes one AnalysisRun of all its templates together (docs/facts/argo-rollouts.md#merged-templates).
/// </summary>
/// <param name="Name">Where it stands, in words: the background analysis, an analysis step.</param>
/// <param name="At">The map with its arguments.</param>
/// <param name="DryRun">What the Rollout takes out of it.</param>
/// <param name="MustEnd">The rollout waits until it has ended.</param>
internal sealed record RolloutAnalysis(RolloutNeed Need, string Name, Node At, DryRun DryRun, bool MustEnd, IReadOnlyList<RolloutReference> Templates)
{
    public bool IsOfExperiment { get; private init; }

    /// <summary>Where it names its templates.</summary>
    public Place Naming => IsOfExperiment ? At["templateName"u8] : At["templates"u8];

    /// <summary>The result of an analysis that Argo cannot run, as the end of a sentence.</summary>
    /// <param name="owner">The kind of the object that it stands in.</param>
    public string EffectOfError(ObjectKind owner)
    {
        if (!IsOfExperiment)
            return "Argo calls the Rollout invalid and ships nothing";
        return owner == ObjectKind.Experiment ? "the experiment ends in an error" : "the experiment ends in an error and the rollout is aborted";
    }

    public static IEnumerable<RolloutAnalysis> Of(Node rollout, string @namespace)
    {
        var strategy = rollout["spec"u8]["strategy"u8];
        var canary = strategy["canary"u8];
        var blueGreen = strategy["blueGreen"u8];
        if (canary["analysis"u8].IsObject)
            yield return Whole(canary["analysis"u8], RolloutNeed.BackgroundAnalysis, "the background analysis", @namespace);
        foreach (var item in canary["steps"u8].Items)
        {
            var step = item;
            if (step["analysis"u8].IsObject)
                yield return Whole(step["analysis"u8], RolloutNeed.FiniteAnalysis, "an analysis step", @namespace);
            foreach (var analysis in OfExperiment(step["experiment"u8], @namespace))
                yield return analysis;
        }
        if (blueGreen["prePromotionAnalysis"u8] is { IsObject: true } before)
            yield return Whole(before, RolloutNeed.FiniteAnalysis, "prePromotionAnalysis", @namespace);
        if (blueGreen["postPromotionAnalysis"u8] is { IsObject: true } after)
            yield return Whole(after, RolloutNeed.FiniteAnalysis, "postPromotionAnalysis", @namespace);
    }

    /// <summary>Those of an experiment, be it a step of a Rollout or an object of its own.</summary>
    /// <param name="experiment">The step, or the spec.</param>
    public static IEnumerable<RolloutAnalysis> OfExperiment(Node experiment, string @namespace)
    {
        foreach (var analysis in experiment["analyses"u8].Items)
        {
            if (OfExperiment(experiment, analysis, @namespace) is { } found)
                yield return found;
        }
    }

    /// <summary>Whether an analysis has a template to run; one of the wrong type may be one.</summary>
    public static bool NamesTemplates(Node analysis, Reader read) =>
        analysis.Exists && (!analysis.IsObject || IsNamedIn(analysis["templates"u8], read));

    /// <summary>Whether an entry of a list names a template.</summary>
    public static bool IsNamedIn(Node templates, Reader read)
    {
        foreach (var item in read.Items(templates))
        {
            if (!item.IsObject || (item["templateName"u8].Exists && item["templateName"u8].Text is not ""))
                return true;
        }
        return false;
    }

    /// <summary>The template that an entry names.</summary>
    /// <param name="entry">With <c>templateName</c> and <c>clusterScope</c>.</param>
    public static ObjectKey? KeyOf(Node entry, string @namespace)
    {
        if (entry["templateName"u8].Text is not { Length: > 0 } name)
            return null;
        return entry["clusterScope"u8].Kind == System.Text.Json.JsonValueKind.True
            ? new ObjectKey(ObjectKind.ClusterAnalysisTemplate, "", name)
            : new ObjectKey(ObjectKind.AnalysisTemplate, @namespace, name);
    }

    private static RolloutAnalysis Whole(Node analysis, RolloutNeed need, string name, string @namespace)
    {
        var templates = new List<RolloutReference>();
        foreach (var item in analysis["templates"u8].Items)
        {
            if (Reference(item, need, @namespace) is { } found)
                templates.Add(found);
        }
        return new RolloutAnalysis(need, name, analysis, new DryRun(analysis["dryRun"u8]), need == RolloutNeed.FiniteAnalysis, templates);
    }

    /// <summary>An experiment ends with its duration, whatever an analysis does that it does not require.</summary>
    private static RolloutAnalysis? OfExperiment(Node experiment, Node analysis, string @namespace)
    {
        if (Reference(analysis, RolloutNeed.FiniteAnalysis, @namespace) is not { } template)
            return null;
        var required = analysis["requiredForCompletion"u8].Kind == System.Text.Json.JsonValueKind.True;
        return new RolloutAnalysis(RolloutNeed.FiniteAnalysis, "an experiment", analysis, new DryRun(experiment["dryRun"u8]), required, [template])
        {
            IsOfExperiment = true,
        };
    }

    private static RolloutReference? Reference(Node entry, RolloutNeed need, string @namespace) =>
        KeyOf(entry, @namespace) is { } key ? new RolloutReference(need, key, entry["templateName"u8], entry) : null;
}
