using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>Users that an experiment step takes, out of what <c>setWeight</c> is out of.</summary>
internal static class ExperimentWeights
{
    /// <summary>What to write in an experiment so that the new version gets this weight.</summary>
    public static string Smaller(Node experiment, long weight)
    {
        var name = "";
        foreach (var template in experiment["templates"u8].Items)
        {
            if (name.Length == 0 && template["specRef"u8].IsText("canary"u8))
                name = template["name"u8].Text ?? "";
        }
        return $"templates: [{{name: {Shown.Quote(Shown.Clip(name, 63))}, specRef: canary, weight: {weight}}}]";
    }

    /// <summary>The sum of its templates' weights that are 0 or more, of the new version's pods or of the others.</summary>
    public static long Of(Node experiment, bool ofCanary, Reader read)
    {
        var sum = 0L;
        foreach (var template in read.Items(experiment["templates"u8]))
        {
            if (template["specRef"u8].IsText("canary"u8) == ofCanary && read.Integer(template["weight"u8]) is > 0 and var weight)
                sum += Math.Min(weight, int.MaxValue);
        }
        return sum;
    }
}
