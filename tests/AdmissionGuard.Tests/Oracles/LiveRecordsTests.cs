using System.Text.Json.Nodes;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>What real controllers and people wrote, answered again (tests/oracle/live).</summary>
public sealed class LiveRecordsTests
{
    private static readonly Dictionary<string, string> Unlisted = new(StringComparer.Ordinal)
    {
        ["system:serviceaccount:rollouts-system:argo-rollouts"] = "Argo Rollouts",
        ["system:serviceaccount:istio-system:flagger"] = "Flagger",
    };

    private static readonly HashSet<string> People = new(StringComparer.Ordinal)
    {
        "alice",
        "admin",
        "system:serviceaccount:argocd:argocd-application-controller",
    };

    [Fact]
    public void Every_write_of_a_controller_passes_and_stays_as_it_is()
    {
        var read = 0;
        foreach (var record in LiveRecords.All)
        {
            if (People.Contains(record.Review.Actor.User))
                continue;
            read++;
            var actor = record.Review.Actor with { ActsAs = Unlisted.GetValueOrDefault(record.Review.Actor.User) };
            var validated = Evaluator.Evaluate(record.Review with { Actor = actor }, record.World);
            var mutated = Evaluator.Evaluate(record.Review with { Actor = actor, Stage = Stage.Mutate }, record.World);
            Assert.True(validated.Allowed, record.ToString());
            Assert.True(mutated.Allowed && mutated.Patch.Count == 0 && mutated.Mark is null, record.ToString());
            Assert.DoesNotContain(validated.Judgements, j => j.Action >= GuardAction.Warn);
        }
        Assert.True(read > 400, $"{read} records of controllers were read");
    }

    [Fact]
    public void Changes_of_people_are_refused_where_they_hurt_users_and_nowhere_else()
    {
        var refused = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var record in LiveRecords.All)
        {
            if (!People.Contains(record.Review.Actor.User) || record.Review.Operation == Operation.Create)
                continue;
            var verdict = Evaluator.Evaluate(record.Review, record.World);
            var rules = verdict.Judgements.Where(j => j.Action == GuardAction.Deny).Select(j => j.Rule).Distinct().Order(StringComparer.Ordinal);
            if (!verdict.Allowed)
                refused.Add($"{record.Scenario} {record.Review.Operation} {record.Review.Kind}: {string.Join(' ', rules)}");
        }
        Assert.Equal(LiveRefusals.Refused.Order(StringComparer.Ordinal), refused);
    }

    [Fact]
    public void An_account_that_nobody_recognises_may_still_clean_up_a_destination_rule()
    {
        foreach (var record in LiveRecords.All)
        {
            if (!Unlisted.ContainsKey(record.Review.Actor.User) || record.Review.Kind != ObjectKind.DestinationRule)
                continue;
            var bare = WithoutHashes(record.Review.Object);
            var cleaning = record.Review with { Operation = Operation.Update, OldObject = record.Review.Object, Object = bare };
            Assert.True(Evaluator.Evaluate(cleaning, record.World).Allowed, record.ToString());
        }
    }

    private static Node WithoutHashes(Node root)
    {
        var copy = JsonNode.Parse(root.ToString())!;
        foreach (var subset in copy["spec"]!["subsets"]?.AsArray() ?? [])
            subset!["labels"]?.AsObject().Remove("rollouts-pod-template-hash");
        return Node.Parse(copy.ToJsonString());
    }
}
