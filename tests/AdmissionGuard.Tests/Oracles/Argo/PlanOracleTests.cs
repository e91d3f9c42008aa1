using System.Globalization;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Oracles.Argo;

/// <summary>
/// The plan of 601 generated Rollouts, compared with what Argo's own controller did with them (argo-rollouts 9f8d111): where it waits, what users
/// have there, and how much the new version grows between two places where somebody can stop it.
/// </summary>
public sealed class PlanOracleTests
{
    [Fact]
    public void Users_at_each_wait_are_those_that_Argo_gave_the_new_version()
    {
        var compared = 0;
        var differing = new List<string>();
        foreach (var of in ArgoCase.Read("exposure").Where(c => c.Ran))
        {
            var real = of.Release.SelectMany(s => s.Waits.Select(w => (w.Until, w.Seconds, s.Share))).ToList();
            var told = of
                .Plan.Stretches.Select(s =>
                    (Until: s.Gate?.ToString() ?? "Time", Seconds: s.IsTimed ? s.Length.TotalSeconds : (double?)null, s.Share)
                )
                .ToList();
            if (!of.Ended)
                told = [.. told.Take(real.Count)];
            if (!of.Canary.Exists) // its pause and its analysis run at the same time
            {
                real.Sort();
                told.Sort();
            }
            if (!real.Select(w => (w.Until, w.Seconds)).SequenceEqual(told.Select(w => (w.Until, w.Seconds))))
            {
                differing.Add($"{of.Id}: Argo waits for {string.Join(", ", real)}, the plan for {string.Join(", ", told)}");
                continue;
            }
            foreach (var (wait, say) in real.Zip(told))
            {
                compared++;
                if (say.Share is not { } share || Math.Abs(share - wait.Share) > ArgoCase.Near)
                    differing.Add(
                        string.Create(CultureInfo.InvariantCulture, $"{of.Id}: Argo has {wait.Share} at {wait.Until}, the plan {say.Share}")
                    );
            }
        }
        Assert.True(compared > 1200, $"only {compared} waits were compared");
        Assert.True(differing.Count == 0, $"{differing.Count} of {compared} differ:\n" + string.Join('\n', differing.Take(60)));
    }

    [Fact]
    public void The_largest_increase_is_the_one_that_users_felt()
    {
        var compared = 0;
        var differing = new List<string>();
        foreach (var of in ArgoCase.Read("exposure").Where(c => c.Ran && c.Ended && !c.Plan.Plan.IsRollingUpdate))
        {
            var (points, from, to) = ArgoIncrease.Largest(of);
            var say = of.Plan.LargestIncrease;
            compared++;
            if (Math.Abs((say?.Points ?? 0) - points) > ArgoCase.Near)
                differing.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{of.Id}: Argo {from}->{to}, the plan {say?.From.Share}->{say?.To.Share}")
                );
        }
        Assert.True(compared > 500, $"only {compared} releases were compared");
        Assert.True(differing.Count == 0, $"{differing.Count} of {compared} differ:\n" + string.Join('\n', differing.Take(60)));
    }
}

/// <summary>How much the new version grew at once.</summary>
internal static class ArgoIncrease
{
    /// <summary>Between two places where the release waits, its beginning and its end among them.</summary>
    public static (double Points, double From, double To) Largest(ArgoCase of)
    {
        var held = of.Release.Where(s => s.Waits.Any()).Select(s => s.Share).Prepend(0).ToList();
        if (of.Ended)
            held.Add(100);
        var most = (Points: 0.0, From: 0.0, To: 0.0);
        for (var i = 1; i < held.Count; i++)
        {
            if (held[i] - held[i - 1] > most.Points)
                most = (held[i] - held[i - 1], held[i - 1], held[i]);
        }
        return most;
    }
}
