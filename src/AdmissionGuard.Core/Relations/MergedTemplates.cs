using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// The templates of one analysis with all that they take in, as Argo puts them together for an AnalysisRun
/// (argo-rollouts utils/analysis/helpers.go, FlattenTemplates and MergeArgs).
/// </summary>
internal sealed class MergedTemplates
{
    /// <summary>More templates than anybody writes by hand; what is beyond them is not known.</summary>
    private const int Most = 100;

    private readonly List<(ObjectKey Key, AnalysisSpec Spec)> templates = [];

    private MergedTemplates() { }

    /// <summary>Whether every template is known.</summary>
    public bool IsWhole { get; private set; } = true;

    public IEnumerable<(ObjectKey Template, AnalysisMetric Metric)> Metrics => templates.SelectMany(t => t.Spec.Metrics.Select(m => (t.Key, m)));

    public static MergedTemplates Of(RolloutAnalysis analysis, View world, string @namespace)
    {
        var merged = new MergedTemplates();
        var next = new Queue<ObjectKey>(analysis.Templates.Select(t => t.Key));
        var seen = new HashSet<ObjectKey>(next);
        // their wrong types are told where they are reviewed themselves
        var read = new Reader();
        while (next.TryDequeue(out var key))
        {
            var root = world.Find(key);
            if (!root.Exists || merged.templates.Count == Most)
            {
                merged.IsWhole = false;
                if (root.Exists)
                    break;
                continue;
            }
            var spec = new AnalysisSpec(root["spec"u8], read);
            merged.templates.Add((key, spec));
            foreach (var inner in spec.Templates(@namespace))
            {
                if (seen.Add(inner))
                    next.Enqueue(inner);
            }
        }
        return merged;
    }

    /// <summary>Whether no metric counts, by the Rollout's <c>dryRun</c> or a template's; null where that cannot be told.</summary>
    public bool? IsAllDry(DryRun ofRollout)
    {
        DryRun[] dryRuns = [ofRollout, .. templates.Select(t => t.Spec.DryRun)];
        if (!IsWhole || dryRuns.Sum(d => d.At.Count) > DryRun.Most)
            return null;
        bool? all = null;
        foreach (var (_, metric) in Metrics)
        {
            var answers = dryRuns.Select(d => d.Covers(metric.Name)).ToList();
            if (answers.Contains(true))
                all ??= true;
            else if (answers.Contains(null))
                return null;
            else
                return false;
        }
        return all;
    }

    /// <summary>The arguments that no template gives a value and the Rollout does not pass, each with the template that asks for it.</summary>
    public IEnumerable<(string Name, ObjectKey Template)> Unfilled(Node passed)
    {
        if (!IsWhole)
            return [];
        var filled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in passed.Items)
        {
            if (item["name"u8].Text is { } name)
                filled.Add(name);
        }
        foreach (var (name, hasValue) in templates.SelectMany(t => t.Spec.Args))
        {
            if (hasValue)
                filled.Add(name);
        }
        return templates.SelectMany(t => t.Spec.Args.Select(a => (a.Name, t.Key))).Where(a => filled.Add(a.Name)).ToList();
    }
}
