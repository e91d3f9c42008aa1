using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>A weight on the way of a release.</summary>
/// <param name="Weight">Percent of users; null where it cannot be read.</param>
/// <param name="At">What sets it.</param>
internal readonly record struct WeightStep(long? Weight, Node At);

/// <summary>
/// The weights of a release as Flagger takes them, one a look, while all checks are good (flagger pkg/controller/scheduler.go, maxWeight,
/// nextStepWeight and runCanary; docs/facts/flagger.md#weights). The next step is found by the present weight; one that is not above 0 is never
/// taken, and the release stays where it is.
/// </summary>
internal sealed class WeightWalk
{
    private const long All = 100;

    private readonly List<WeightStep> steps = [];

    public WeightWalk(Node analysis, Reader read)
    {
        var list = analysis["stepWeights"u8];
        var written = analysis["stepWeight"u8];
        var step = read.Integer(written);
        List<WeightStep> listed = [.. Listed(list, read)];
        if ((written.Exists && step is null) || listed.Exists(s => s.Weight is null) || (list.Exists && !list.IsArray))
        {
            IsReadable = false;
            steps = listed;
            if (steps.Count == 0)
                steps.Add(new WeightStep(null, written.Exists ? written : list));
            return;
        }
        Max = listed.Count > 0 ? Math.Min(All, listed[^1].Weight!.Value) : Most(analysis, read);
        for (var weight = 0L; ; )
        {
            var next = step > 0 || listed.Count == 0 ? new WeightStep(step ?? 0, written) : Next(listed, list, weight);
            if (!(next.Weight > 0))
            {
                (EndsAt, Blocking) = (weight, next);
                return;
            }
            if (weight >= Max)
                return;
            if (weight == All)
            {
                (EndsAt, Blocking) = (All, null);
                return;
            }
            weight = Math.Min(All, weight + next.Weight.Value);
            steps.Add(new WeightStep(weight, next.At));
        }
    }

    /// <summary>False where a weight is no whole number: then the steps are those that are written.</summary>
    public bool IsReadable { get; } = true;

    /// <summary>In order, each above the one before.</summary>
    public IReadOnlyList<WeightStep> Steps => steps;

    /// <summary>The weight from which on the new version is promoted.</summary>
    public long Max { get; }

    /// <summary>The weight that stays for ever; null where the release is promoted, or where that cannot be told.</summary>
    public long? EndsAt { get; }

    /// <summary>What would be the next step and is not above 0, with what sets it; null where the end is a <see cref="Max"/> above 100.</summary>
    public WeightStep? Blocking { get; }

    private static WeightStep Next(List<WeightStep> listed, Node list, long weight)
    {
        if (weight == All)
            return new WeightStep(1, list);
        if (weight == 0)
            return new WeightStep(Math.Min(All, listed[0].Weight!.Value), listed[0].At);
        var at = listed.FindIndex(s => s.Weight == weight);
        return at >= 0 && at < listed.Count - 1
            ? new WeightStep(Math.Min(All, listed[at + 1].Weight!.Value) - weight, listed[at + 1].At)
            : new WeightStep(All - weight, list);
    }

    private static long Most(Node analysis, Reader read) => read.Integer(analysis["maxWeight"u8]) is > 0 and var most ? most : All;

    private static IEnumerable<WeightStep> Listed(Node list, Reader read)
    {
        foreach (var item in read.Items(list))
            yield return new WeightStep(read.Integer(item), item);
    }
}
