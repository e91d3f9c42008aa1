using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests;

/// <summary>Reviews in one line: objects as JSON (single quotes allowed), kind and name read from them.</summary>
internal static class Judge
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly Actor Human = new("jane", ["developers"]);

    public static readonly Actor Argo = new("system:serviceaccount:argo-rollouts:argo-rollouts", []);

    /// <summary>One rule alone, as baseline has it unless told otherwise, without repairs.</summary>
    public static IReadOnlyList<Judgement> Rule(
        string id,
        string json,
        string? old = null,
        Cluster? cluster = null,
        Actor? actor = null,
        GuardAction? action = null,
        string? parameters = null
    )
    {
        var verdict = Verdict(json, old, cluster, actor, Policy(id, action, parameters), Stage.Validate);
        Assert.Empty(verdict.Failures);
        return verdict.Judgements;
    }

    /// <summary>A policy of one rule.</summary>
    public static GuardPolicy Policy(string rule, GuardAction? action = null, string? parameters = null, bool fix = false)
    {
        var entry =
            $"{{'rule': '{rule}', 'fix': "
            + (fix ? "true" : "false")
            + (action is { } a ? $", 'action': '{Words.Of(a)}'" : "")
            + (parameters is null ? "}" : $", 'parameters': {parameters}}}");
        var policy = PolicyReader.Read(
            Json(
                $"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardPolicy', 'metadata': {{'name': 'test'}}, 'spec': {{'rules': "
                    + $"[{entry}]}}}}"
            ),
            out var errors
        );
        Assert.Empty(errors);
        return policy!;
    }

    public static Verdict Verdict(
        string json,
        string? old = null,
        Cluster? cluster = null,
        Actor? actor = null,
        GuardPolicy? policy = null,
        Stage stage = Stage.Both
    )
    {
        var world = cluster ?? Cluster.Empty;
        if (world.Policies.IsEmpty)
            world = world.With([policy ?? GuardPolicy.Of(Profile.Baseline)]);
        return Evaluator.Evaluate(Review(json, old, actor, stage), world);
    }

    public static Review Review(string json, string? old = null, Actor? actor = null, Stage stage = Stage.Both)
    {
        var root = Json(json);
        return new Review
        {
            Kind = KindOf(root),
            Operation = old is null ? Operation.Create : Operation.Update,
            Object = root,
            OldObject = old is null ? default : Json(old),
            Namespace = root["metadata"u8]["namespace"u8].Text ?? "shop",
            Name = root["metadata"u8]["name"u8].Text ?? "api",
            Actor = actor ?? Human,
            Now = Now,
            Stage = stage,
        };
    }

    public static Cluster ClusterOf(params string[] objects)
    {
        var cluster = Cluster.Empty;
        foreach (var json in objects)
        {
            var root = Json(json);
            cluster = cluster.With(
                new ObjectKey(KindOf(root)!, root["metadata"u8]["namespace"u8].Text ?? "shop", root["metadata"u8]["name"u8].Text ?? "api"),
                root
            );
        }
        return cluster;
    }

    public static Node Json(string json) => Node.Parse(json.Replace('\'', '"'));

    private static ObjectKind? KindOf(Node root) => ObjectKind.Of(root["apiVersion"u8].Text, root["kind"u8].Text);
}
