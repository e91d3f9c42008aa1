using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>What is said of a Canary against what became of it.</summary>
public sealed class FlaggerVerdictTests
{
    [Fact]
    public void What_the_API_server_or_the_controller_refuses_is_denied()
    {
        var silent = FlaggerCase
            .All.Where(c => c.IsRefusedByDefinition || c.IsRefusedByController || IsNeverInitialized(c))
            .Where(c => !Denied(c).Any())
            .Select(c => $"{c}: {c.Facts["schema"u8]["errors"u8]} {c.Facts["refused"u8]} {c.End}");
        Assert.True(!silent.Any(), string.Join('\n', silent));
    }

    [Fact]
    public void What_is_taken_is_not_called_invalid()
    {
        var wrong = FlaggerCase
            .All.Where(c => !c.IsRefusedByDefinition && !c.IsRefusedByController && !IsNeverInitialized(c))
            .Where(c => Denied(c).Contains("canary-validity"))
            .Select(c => $"{c}: {string.Join("; ", Of(c, "canary-validity").Select(j => j.Finding.Message))}");
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void Releases_that_never_end_are_denied_and_others_are_not()
    {
        var wrong = FlaggerCase
            .All.Where(c => !c.IsRefusedByDefinition && (c.IsStuck || c.Ends))
            .Where(c => c.IsStuck != Denied(c).Contains("canary-weights"))
            .Select(c => $"{c}: {c.End}, {string.Join("; ", Of(c, "canary-weights").Select(j => j.Finding.Message))}");
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void An_analysis_is_denied_where_a_bad_version_is_promoted()
    {
        var wrong = FlaggerCase
            .All.Where(c => !c.IsRefusedByDefinition && c.Ends && c.Facts["bad"u8].Exists)
            .Where(c => (c.Facts["bad"u8]["end"u8].Text == "failed") == Denied(c).Contains("canary-can-fail"))
            .Select(c => $"{c}: {c.Facts["bad"u8]["end"u8]}, {string.Join("; ", Of(c, "canary-can-fail").Select(j => j.Finding.Message))}");
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void Something_is_said_where_good_versions_are_taken_back()
    {
        var silent = FlaggerCase.All.Where(c => !c.IsRefusedByDefinition && c.End == "failed" && !Of(c, "canary-can-fail").Any());
        Assert.Equal([], silent);
    }

    /// <summary>All users at once and unseen is a first step, or a release that asks nobody.</summary>
    [Fact]
    public void All_users_at_once_is_said()
    {
        string[] rules = ["rollout-first-step", "rollout-step-increase", "canary-blue-green-gate"];
        var silent = FlaggerCase
            .All.Where(c => c.Ends && !c.IsRefusedByDefinition && !c.HasGates && !c.Analysis.IsSkipped && !c.Analysis.IsUnrouted)
            .Where(c => !c.Looks("course").Any(l => l["shareMatched"].Exists) && LargestStep(c) >= 95)
            .Where(c => !Findings(c).Any(j => rules.Contains(j.Rule, StringComparer.Ordinal)));
        Assert.Equal([], silent);
    }

    [Fact]
    public void Fields_that_are_dropped_are_reported_once()
    {
        foreach (var one in FlaggerCase.All)
        {
            foreach (var pruned in one.Facts["schema"u8]["pruned"u8].Items)
            {
                var path = pruned.Text!;
                var rules = Findings(one).Where(j => j.Path.ToString() == path).Select(j => j.Rule);
                Assert.True(rules.SequenceEqual(["unknown-field"]), $"{one}: {path}: {string.Join(", ", rules)}");
            }
        }
    }

    private static bool IsNeverInitialized(FlaggerCase one) =>
        one.End == "never initialized"
        && !one.Spec["suspend"u8].Exists
        && one.Facts["init"u8].Items.Last()["says"u8].Text?.Contains("query error", StringComparison.Ordinal) != true;

    private static double LargestStep(FlaggerCase one)
    {
        var (largest, before) = (0.0, 0.0);
        foreach (var share in one.Shares())
        {
            largest = Math.Max(largest, share - before);
            before = share;
        }
        return largest;
    }

    private static IEnumerable<string> Denied(FlaggerCase one) => Findings(one).Where(j => j.Action == GuardAction.Deny).Select(j => j.Rule);

    private static IEnumerable<Judgement> Of(FlaggerCase one, string rule) => Findings(one).Where(j => j.Rule == rule);

    private static readonly Dictionary<FlaggerCase, IReadOnlyList<Judgement>> Judged = [];

    internal static IReadOnlyList<Judgement> Findings(FlaggerCase one)
    {
        lock (Judged)
        {
            if (!Judged.TryGetValue(one, out var findings))
                Judged[one] = findings = Judge(one.Key, one.Canary, Cluster.Empty);
            return findings;
        }
    }

    /// <summary>As <c>check --profile strict</c> says it.</summary>
    internal static IReadOnlyList<Judgement> Judge(ObjectKey key, Core.Json.Node root, Cluster cluster)
    {
        var review = new Review
        {
            Kind = key.Kind,
            Operation = Operation.Create,
            Object = root,
            Namespace = key.Namespace,
            Name = key.Name,
            Actor = Actor.GitOps,
            Now = Tests.Judge.Now,
            Stage = Stage.Both,
        };
        var verdict = Evaluator.Evaluate(review, cluster.With([GuardPolicy.Of(Profile.Strict)]));
        Assert.Empty(verdict.Failures);
        return verdict.Judgements;
    }
}
