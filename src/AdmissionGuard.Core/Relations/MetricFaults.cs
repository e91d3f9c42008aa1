using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>What an analysis template measures that no version can fail.</summary>
internal static class MetricFaults
{
    /// <summary>Null where its query asks for a series, or for what nobody can tell.</summary>
    public static Finding? Constant(AnalysisMetric metric)
    {
        var query = metric.Provider["prometheus"u8]["query"u8];
        if (!metric.IsOfNothing)
            return null;
        var shown = Shown.Quote(Shown.Clip(query.Text!.Trim(), 60));
        return new Finding(
            query,
            $"{metric.Name} query",
            $"the query of {metric.Title} is {shown}, which asks nothing of a version: it answers the same whatever is released"
        )
        {
            Found = shown,
            Limit = "a query for a metric",
            Excess = 1,
        };
    }

    /// <summary>Of a template with neither a metric nor another template.</summary>
    public static Finding Nothing(Inspection x) =>
        new(Place.Of(x.Spec, "metrics"), "metrics", "it has no metric, at least 1 is needed: an analysis of this template alone measures nothing")
        {
            Found = "no metric",
            Limit = "1 metric",
            Excess = 1,
        };
}
