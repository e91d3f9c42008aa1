using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The spec of an AnalysisTemplate or ClusterAnalysisTemplate (docs/facts/argo-rollouts.md#metric-defaults).</summary>
internal sealed class AnalysisSpec(Node spec, Reader read)
{
    public IEnumerable<AnalysisMetric> Metrics
    {
        get
        {
            foreach (var item in read.Items(spec["metrics"u8]))
            {
                if (item is { IsObject: true } metric)
                    yield return new AnalysisMetric(metric, read);
            }
        }
    }

    /// <summary>Neither a metric nor a template that may have one.</summary>
    public bool IsEmpty => !spec["templates"u8].Items.Any() && (!spec["metrics"u8].Exists || spec["metrics"u8] is { IsArray: true, Count: 0 });

    public DryRun DryRun { get; } = new(spec["dryRun"u8]);

    /// <summary>The arguments, each with whether it has a value or a source of one.</summary>
    public IEnumerable<(string Name, bool HasValue)> Args
    {
        get
        {
            foreach (var item in spec["args"u8].Items)
            {
                var arg = item;
                if (arg["name"u8].Text is { Length: > 0 } name)
                    yield return (name, arg["value"u8].Exists || arg["valueFrom"u8].Exists);
            }
        }
    }

    /// <summary>The templates that it takes in.</summary>
    /// <param name="namespace">Of the Rollout, or of the template itself.</param>
    public IEnumerable<ObjectKey> Templates(string @namespace)
    {
        foreach (var item in spec["templates"u8].Items)
        {
            if (RolloutAnalysis.KeyOf(item, @namespace) is { } key)
                yield return key;
        }
    }

    public static bool IsTemplate(ObjectKind kind) => kind == ObjectKind.AnalysisTemplate || kind == ObjectKind.ClusterAnalysisTemplate;
}
