using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// The only way to a decision, for every verb. The order is the contract: skip, view, policies, fix, rules, ratchet, direction, mode, strictest action.
/// </summary>
public static class Evaluator
{
    public static Verdict Evaluate(Review review, Cluster cluster)
    {
        if (Skip.Reason(review) is { } reason) return Verdict.Pass(review, reason);
        var policies = Matching(cluster, review);
        if (policies.Count == 0) return Verdict.Pass(review, "no policy is about it");
        if (review.Operation == Operation.Delete && !Protects(policies, review.Kind!)) return Verdict.Pass(review, "no rule protects it from deletion");

        var course = new Course(review, cluster, policies);
        if (review.Stage.HasFlag(Stage.Mutate)) course.Repair();
        if (review.Stage.HasFlag(Stage.Validate)) course.Judge();
        return course.Verdict();
    }

    /// <summary>A subject of the review's kind and name.</summary>
    internal static Subject SubjectOf(Review review, Node root, GuardSettings settings) => new(review.Kind!, review.Namespace, review.Name, root, settings);

    private static bool Protects(List<GuardPolicy> policies, ObjectKind kind) =>
        policies.Exists(p => p.Rules.Any(s => s.Rule.OnDelete && s.Rule.Kinds.Contains(kind)));

    private static List<GuardPolicy> Matching(Cluster cluster, Review review)
    {
        var matching = new List<GuardPolicy>(cluster.Policies.Length);
        foreach (var policy in cluster.Policies)
        {
            if (policy.Match.Covers(review)) matching.Add(policy);
        }
        return matching;
    }
}
