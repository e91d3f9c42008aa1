using System.Globalization;
using System.Text.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Oracles.Argo;

/// <summary>
/// The plan of 60 Rollouts, compared with releases that Argo's controller made in a real API server (argo-rollouts 9f8d111, kube-apiserver 1.36.2):
/// what users have where the release rests, which is the last state of a step, and for an experiment the largest share while it runs.
/// </summary>
public sealed class TraceOracleTests
{
    [Fact]
    public void Users_at_rest_are_those_of_the_trace()
    {
        var compared = 0;
        var differing = new List<string>();
        foreach (var of in ArgoCase.Read("traces"))
        {
            var shares = SharesByStep(of.Line.GetProperty("trace"));
            var told = new Queue<Stretch>(of.Plan.Stretches);
            var index = 0;
            foreach (var step in of.Canary["steps"u8].Items)
            {
                var at = index++;
                var waits = step["experiment"u8].Exists || step["analysis"u8].Exists || step["pause"u8].Exists;
                if (!waits || told.Count == 0)
                    continue;
                var say = told.Dequeue();
                if (!shares.TryGetValue(at, out var seen))
                    continue;
                compared++;
                var real = step["experiment"u8].Exists ? seen.Max() : seen[^1];
                if (say.Share is not { } share || Math.Abs(share - real) > ArgoCase.Near)
                    differing.Add(string.Create(CultureInfo.InvariantCulture, $"{of.Id}: steps[{at}] has {real}, the plan {say.Share}"));
            }
            if (told.Count > 0)
                differing.Add($"{of.Id}: the plan waits {told.Count} times more");
        }
        Assert.True(compared > 150, $"only {compared} waits were compared");
        Assert.True(differing.Count == 0, $"{differing.Count} of {compared} differ:\n" + string.Join('\n', differing));
    }

    private static Dictionary<int, List<double>> SharesByStep(JsonElement trace)
    {
        var shares = new Dictionary<int, List<double>>();
        foreach (var state in trace.EnumerateArray())
        {
            if (state.GetProperty("promoted").GetBoolean())
                continue;
            var step = state.GetProperty("step").GetInt32();
            if (!shares.TryGetValue(step, out var seen))
                shares[step] = seen = [];
            seen.Add(state.GetProperty("share").GetDouble());
        }
        return shares;
    }
}
