using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// The only way to a decision, for every verb. The order is the contract: skip, view, policies, size, exceptions, fix, rules,
/// ratchet, direction, break-glass, mode, strictest action.
/// </summary>
public static class Evaluator
{
    /// <summary>Why a verdict is empty where another policy might have something to say.</summary>
    public const string NoPolicy = "no policy is about it";

    /// <summary>As <see cref="NoPolicy"/>, for deletions.</summary>
    public const string Unprotected = "no rule protects it from deletion";

    public static Verdict Evaluate(Review review, Cluster cluster) => Evaluate(review, cluster, trail: null);

    /// <param name="trail">What the verdict rests on besides the object itself, its namespace, policies and settings. Of a CREATE it is all; of
    /// others the stored object's is left out.</param>
    internal static Verdict Evaluate(Review review, Cluster cluster, HashSet<LookUp>? trail)
    {
        if (Skip.Reason(review, cluster) is { } reason)
            return Verdict.Pass(review, reason) with { BreakGlass = reason == Skip.Unchanged ? BreakGlassOf(review, cluster) : null };
        var policies = Matching(cluster, review);
        if (policies.Count == 0)
            return Verdict.Pass(review, NoPolicy);
        if (review.Operation == Operation.Delete && !Protects(policies, review.Kind!))
            return Verdict.Pass(review, Unprotected);

        var byController = cluster.Settings.IsController(review.Actor);
        var circumstances = new Circumstances(review, byController, BreakGlassOf(review, cluster), Teardown.Of(review, cluster));
        var beyond = SizeBound.Of(circumstances, cluster, policies);
        if (beyond is { Action: GuardAction.Deny })
            return Verdict.Pass(review) with { Judgements = review.Stage.HasFlag(Stage.Validate) ? [beyond] : [] };
        var run = new ReviewRun(circumstances, cluster, policies, trail);
        if (review.Stage.HasFlag(Stage.Mutate))
            run.Repair();
        if (review.Stage.HasFlag(Stage.Validate))
            run.Judge();
        var verdict = run.Verdict();
        if (beyond is not null && review.Stage.HasFlag(Stage.Validate))
            verdict = verdict with { Judgements = [.. verdict.Judgements.Append(beyond).OrderByDescending(j => j.Action)] };
        return review.Stage == Stage.Mutate && !byController ? verdict with { Mark = MarkOf(review, cluster, policies, run.Result) } : verdict;
    }

    /// <summary>What is marked is what the other webhook will let through: the object with its repairs, judged by the same policies.</summary>
    private static MarkChange? MarkOf(Review review, Cluster cluster, List<ApplyingPolicy> policies, Node result)
    {
        var glass = BreakGlass.Of(review, cluster.Settings);
        var isRollback = Excuse.IsRollbackOf(review);
        if (!Marking.IsNeeded(review, glass, isRollback))
            return null;
        var judged = review with { Object = result, Stage = Stage.Validate };
        var run = new ReviewRun(new Circumstances(judged, ByController: false, glass, null), cluster, policies, trail: null);
        run.Judge();
        return Marking.Of(judged, run.Verdict());
    }

    /// <summary>Only where denials are made, so that it is said and counted once a request.</summary>
    private static BreakGlass? BreakGlassOf(Review review, Cluster cluster) =>
        review.Stage.HasFlag(Stage.Validate) ? BreakGlass.Of(review, cluster.Settings) : null;

    private static bool Protects(List<ApplyingPolicy> policies, ObjectKind kind) =>
        policies.Exists(p => p.Policy.Rules.Any(s => s.Rule.OnDelete && s.Rule.Kinds.Contains(kind)));

    private static List<ApplyingPolicy> Matching(Cluster cluster, Review review)
    {
        var matching = new List<ApplyingPolicy>(cluster.Policies.Length);
        var namespaceObject = review.Namespace.Length == 0 ? default : cluster.World.NamespaceOf(review.Namespace);
        foreach (var policy in cluster.Policies)
        {
            var coverage = policy.Match.Covers(review, namespaceObject);
            if (coverage != Coverage.No)
                matching.Add(new ApplyingPolicy(policy, IsCertain: coverage == Coverage.Yes));
        }
        return matching;
    }
}
