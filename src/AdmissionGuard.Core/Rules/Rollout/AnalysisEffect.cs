using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// The analyses of a Rollout, or of an Experiment by itself, run, end, and count. See docs/facts/argo-rollouts.md#cannot-fail and
/// docs/facts/argo-rollouts.md#merged-templates.
/// </summary>
internal static class AnalysisEffect
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-analysis-effect",
        Summary = "An analysis must get all its arguments, come to an end where the rollout waits for it, and have a metric that counts.",
        Why =
            "A Rollout with an argument missing, two metrics of one name, or an endless metric in a step is stored and ships nothing: only "
            + "its status says InvalidSpec. "
            + "Where every metric is in dryRun the analyses succeed whatever they measure (argo-rollouts "
            + "pkg/apis/rollouts/validation/validation_references.go, utils/analysis/helpers.go).",
        Remedy =
            "Pass each argument that a template asks for, use templates with a count in steps and around promotions, and leave at least one "
            + "metric out of dryRun.",
        Kinds = [ObjectKind.Rollout, ObjectKind.Experiment],
        Reads = [ObjectKind.AnalysisTemplate, ObjectKind.ClusterAnalysisTemplate],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        var known = new Dictionary<string, MergedTemplates>(StringComparer.Ordinal);
        RolloutAnalysis? first = null;
        bool? allDry = null;
        var certain = true;
        var analyses =
            x.Subject.Kind == ObjectKind.Experiment
                ? RolloutAnalysis.OfExperiment(x.Spec, x.Subject.Namespace)
                : RolloutAnalysis.Of(x.Subject.Root, x.Subject.Namespace);
        foreach (var analysis in analyses)
        {
            if (analysis.Templates.Count == 0)
                continue;
            first ??= analysis;
            // steps mostly run the same templates
            var names = string.Join(' ', analysis.Templates.Select(t => $"{t.Key.Kind.Name}/{t.Key.Name}"));
            if (!known.TryGetValue(names, out var merged))
                known.Add(names, merged = MergedTemplates.Of(analysis, x.World, x.Subject.Namespace));
            foreach (var finding in Faults(x, analysis, merged))
            {
                if (told.Add(finding.Key))
                    x.Report(finding);
            }
            if (!certain || allDry == false)
                continue;
            allDry = merged.IsAllDry(analysis.DryRun);
            certain = allDry is not null;
        }
        if (first is not null && allDry == true)
            x.Report(Dry(x, first));
    }

    private static IEnumerable<Finding> Faults(Inspection x, RolloutAnalysis analysis, MergedTemplates merged)
    {
        foreach (var (name, template) in merged.Unfilled(analysis.At["args"u8]))
            yield return Unfilled(x, analysis, name, template);
        var names = new Dictionary<string, ObjectKey>(StringComparer.Ordinal);
        foreach (var (template, metric) in merged.Metrics)
        {
            if (analysis.MustEnd && metric.IsEndless)
                yield return Endless(x, analysis, metric, template);
            if (!names.TryAdd(metric.Name, template))
                yield return Twice(x, analysis, metric, names[metric.Name], template);
        }
    }

    private static Finding Unfilled(Inspection x, RolloutAnalysis analysis, string name, ObjectKey template)
    {
        var args = analysis.At["args"u8];
        var value = Shown.Quote(Shown.Clip(x.Spec["strategy"u8]["canary"u8]["canaryService"u8].Text ?? x.Subject.Name, 80));
        var entry = Shown.Clip(name, 60);
        var quoted = Shown.Quote(Shown.Clip(name, 60));
        return new Finding(
            Place.Of(analysis.At, "args"),
            $"{analysis.Name} args {name}",
            $"{analysis.Name} does not pass {quoted}, which {template.TitleIn(x.Subject.Namespace)} asks for without a value of its own: "
                + $"{analysis.EffectOfError(x.Subject.Kind)}"
        )
        {
            Found = $"no {quoted}",
            Limit = "a value for each argument",
            Excess = 1,
            Remedy = args.Count > 0 ? $"- name: {entry}\n  value: {value}" : $"args:\n  - name: {entry}\n    value: {value}",
        };
    }

    private static Finding Endless(Inspection x, RolloutAnalysis analysis, AnalysisMetric metric, ObjectKey template) =>
        new(
            analysis.Naming,
            $"{analysis.Name} endless {template.Kind}/{template.Name} {metric.Name}",
            $"{metric.Title} of {template.TitleIn(x.Subject.Namespace)} has an interval and no count, {analysis.Name} needs one: "
                + $"{(analysis.IsOfExperiment ? "the experiment waits for it and never ends" : analysis.EffectOfError(x.Subject.Kind))}"
        )
        {
            Found = "no count",
            Limit = "a count",
            Excess = 1,
        };

    private static Finding Twice(Inspection x, RolloutAnalysis analysis, AnalysisMetric metric, ObjectKey one, ObjectKey other)
    {
        var of =
            one == other
                ? $"twice in {one.TitleIn(x.Subject.Namespace)}"
                : $"in {one.TitleIn(x.Subject.Namespace)} and in {other.TitleIn(x.Subject.Namespace)}";
        return new Finding(
            analysis.Naming,
            $"{analysis.Name} twice {metric.Name}",
            $"{metric.Title} stands {of}, names must differ within {analysis.Name}: {analysis.EffectOfError(x.Subject.Kind)}"
        )
        {
            Found = "2 of one name",
            Limit = "names that differ",
            Excess = 1,
        };
    }

    private static Finding Dry(Inspection x, RolloutAnalysis analysis)
    {
        var own = analysis.DryRun.At.Exists;
        return new Finding(
            own ? analysis.DryRun.At : analysis.Naming,
            "dryRun",
            $"every metric of the {x.Subject.Kind}'s analyses is in dryRun{(own ? "" : " by their templates")}, at least 1 must count: they "
                + $"succeed whatever is measured"
        )
        {
            Found = "every metric",
            Limit = "not every metric",
            Excess = 1,
        };
    }
}
