using System.Globalization;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles.Argo;

/// <summary>
/// What profile strict says of 601 generated Rollouts, compared with what Argo's own controller did with them (argo-rollouts 9f8d111): the rules
/// speak of what happens, and of nothing else.
/// </summary>
public sealed class RuleOracleTests
{
    /// <summary>Percent of users, or of points; as strict has them.</summary>
    private const double First = 25;
    private const double Increase = 30;
    private const double Imbalance = 2;

    [Fact]
    public void Rollout_step_increase_speaks_where_many_users_change_over_between_two_waits() =>
        Compare("rollout-step-increase", c => HasSteps(c) && c.Ended, c => ArgoIncrease.Largest(c).Points > Increase + ArgoCase.Near);

    [Fact]
    public void Rollout_first_step_speaks_where_the_first_users_are_many() =>
        Compare(
            "rollout-first-step",
            c => HasSteps(c) && c.Ended && Waits(c).Any(s => s.Share > 0),
            c => Waits(c).First(s => s.Share > 0).Share > First + ArgoCase.Near
        );

    [Fact]
    public void Rollout_canary_steps_speaks_where_there_are_none() => Compare("rollout-canary-steps", c => c.Canary.Exists, c => !HasSteps(c));

    [Fact]
    public void Rollout_progress_threshold_speaks_where_a_release_hangs() =>
        Compare("rollout-progress-threshold", c => c.Canary.Exists, c => !c.Ended, least: 20);

    [Fact]
    public void Rollout_old_pods_speaks_where_the_old_version_keeps_its_pods() =>
        Compare(
            "rollout-old-pods",
            c => c.Facts.TryGetProperty("oldPods", out _),
            c => c.Facts.GetProperty("oldPods").EnumerateArray().Last()[1].GetInt32() > 0,
            least: 5
        );

    [Theory]
    [InlineData("exposure")]
    [InlineData("abort-1.9.1")]
    public void Rollout_abort_ends_speaks_where_users_stay_on_an_aborted_version(string file) =>
        Compare(
            "rollout-abort-ends",
            c => c.Canary.Exists && Aborts(c).Count > 0,
            NeverGoesBack,
            file,
            least: 4,
            // what only those versions do is advice
            said: f => f.AtMost == GuardAction.Deny || file == "abort-1.9.1"
        );

    [Fact]
    public void Rollout_abort_speaks_where_users_do_not_go_back_at_once() =>
        Compare(
            "rollout-abort",
            c => c.IsRouted && c.Ended && Aborts(c).Count > 0,
            c => Aborts(c).Exists(a => a.First.Share > ArgoCase.Near && c.Release[a.At].Json.GetProperty("share").GetDouble() > ArgoCase.Near),
            said: f => f.Key == "dynamicStableScale"
        );

    /// <summary>Not where an abort never ends: pods stay there with their users, and rollout-abort-ends says why.</summary>
    [Fact]
    public void Rollout_abort_speaks_where_pods_of_an_aborted_version_stay() =>
        Compare(
            "rollout-abort",
            c => c.Canary.Exists && Aborts(c).Count > 0 && !NeverGoesBack(c),
            c => Aborts(c).Exists(a => a.Later.New.Wanted > 0),
            least: 1,
            said: f => f.Key == "abortScaleDownDelaySeconds"
        );

    [Fact]
    public void Rollout_early_route_speaks_where_a_route_comes_back_after_an_abort() =>
        Compare(
            "rollout-early-route",
            c => c.IsRouted && c.Canary["trafficRouting"u8]["istio"u8].Exists && Aborts(c).Count > 0,
            c => Aborts(c).Exists(a => a.Later.HasRoutes),
            said: f => f.Excess > 1
        );

    [Fact]
    public void Rollout_canary_capacity_denies_where_a_pod_of_the_new_version_bears_too_much()
    {
        var differing = new List<string>();
        foreach (var of in ArgoCase.Read("exposure").Where(c => c.Ran && c.Ended && c.IsRouted))
        {
            var serving = of.Release.Where(s => s.Json.GetProperty("share").GetDouble() > 0 && s.Phase != "Healthy").ToList();
            var passing = serving.Select(s => Load(of, s)).DefaultIfEmpty().Max() > Imbalance + 1e-6;
            var waiting = serving.Where(s => s.Waits.Any()).Select(s => Load(of, s)).DefaultIfEmpty().Max() > Imbalance + 1e-6;
            var spoke = of.Of("rollout-canary-capacity").Any(f => f.Judgement.Action == GuardAction.Deny);
            if (spoke != waiting && !(spoke && passing))
                differing.Add($"{of.Id}: {(spoke ? "spoke, no pod bears more" : "silent, a pod bears more")} than {Imbalance} times");
        }
        Assert.Empty(differing);
    }

    [Fact]
    public void Rollout_replicas_speaks_where_the_first_weight_is_far_from_its_share()
    {
        var differing = new List<string>();
        var compared = 0;
        foreach (var of in ArgoCase.Read("exposure").Where(c => c.Ran && c.Ended && HasSteps(c) && !c.Canary["trafficRouting"u8].Exists))
        {
            if (of.Says("rollout-replicas", "replicas") || FirstWeight(of) is not var (weight, share))
                continue;
            compared++;
            var said = of.Of("rollout-replicas").Select(f => f.Judgement.Finding).FirstOrDefault(f => f.Key == "first");
            var coarse = share > (2 * weight) + ArgoCase.Near;
            if (coarse != (said is not null))
                differing.Add(string.Create(CultureInfo.InvariantCulture, $"{of.Id}: setWeight {weight} gives {share}, said {said?.Message}"));
            else if (said is not null && Math.Abs(double.Parse(said.Found![..^2], CultureInfo.InvariantCulture) - share) > 0.6)
                differing.Add(string.Create(CultureInfo.InvariantCulture, $"{of.Id}: {share}, said {said.Found}"));
        }
        Assert.True(compared > 80, $"only {compared} were compared");
        Assert.Empty(differing);
    }

    private static bool NeverGoesBack(ArgoCase of) => Aborts(of).Exists(a => a.Later.Share > ArgoCase.Near);

    private static bool HasSteps(ArgoCase of) => of.Canary["steps"u8].Count > 0;

    private static IEnumerable<ArgoState> Waits(ArgoCase of) => of.Release.Where(s => s.Waits.Any());

    private static double Load(ArgoCase of, ArgoState at) =>
        at.New.Available == 0 ? double.MaxValue : at.Json.GetProperty("share").GetDouble() / at.New.Available / (100.0 / of.Replicas);

    private static (long Weight, double Share)? FirstWeight(ArgoCase of)
    {
        var weights = of.Canary["steps"u8]
            .Items.Select((s, i) => (Step: i, Weight: new Core.Json.Reader().Integer(s["setWeight"u8])))
            .Where(w => w.Weight is not null)
            .ToList();
        var index = weights.FindIndex(w => w.Weight > 0);
        if (index < 0)
            return null;
        var until = index + 1 < weights.Count ? weights[index + 1].Step : int.MaxValue;
        var at = Waits(of).Where(s => s.Step >= weights[index].Step && s.Step < until).Cast<ArgoState?>().FirstOrDefault();
        return at is { } state ? (weights[index].Weight!.Value, state.Share) : null;
    }

    private static List<(int At, ArgoState First, ArgoState Later)> Aborts(ArgoCase of) =>
        of.Facts.TryGetProperty("aborts", out var aborts)
            ?
            [
                .. aborts
                    .EnumerateArray()
                    .Select(a => (a.GetProperty("at").GetInt32(), new ArgoState(a.GetProperty("first")), new ArgoState(a.GetProperty("later")))),
            ]
            : [];

    /// <param name="least">So often the rule has to speak, so that the comparison says something.</param>
    private static void Compare(
        string rule,
        Func<ArgoCase, bool> judged,
        Func<ArgoCase, bool> happens,
        string file = "exposure",
        int least = 10,
        Func<Finding, bool>? said = null
    )
    {
        var differing = new List<string>();
        var spoken = 0;
        foreach (var of in ArgoCase.Read(file).Where(c => c.Ran && judged(c)))
        {
            var spoke = of.Of(rule).Any(f => said?.Invoke(f.Judgement.Finding) ?? true);
            spoken += spoke ? 1 : 0;
            if (spoke != happens(of))
                differing.Add($"{of.Id}: {(spoke ? "spoke" : "silent")}; {string.Join("; ", of.Of(rule).Select(f => f.Judgement.Finding.Message))}");
        }
        Assert.True(differing.Count == 0, $"{differing.Count} differ:\n" + string.Join('\n', differing.Take(40)));
        Assert.True(spoken >= least, $"spoke {spoken} times");
    }
}
