using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// The only way to a decision, for every verb. The order is the contract: skip, view, policies, exceptions, fix, rules,
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
            return Verdict.Pass(review, reason) with { Glass = reason == Skip.Unchanged ? GlassOf(review, cluster) : null };
        var policies = Matching(cluster, review);
        if (policies.Count == 0)
            return Verdict.Pass(review, NoPolicy);
        if (review.Operation == Operation.Delete && !Protects(policies, review.Kind!))
            return Verdict.Pass(review, Unprotected);

        var course = new Course(review, cluster, policies, GlassOf(review, cluster), trail);
        if (review.Stage.HasFlag(Stage.Mutate))
            course.Repair();
        if (review.Stage.HasFlag(Stage.Validate))
            course.Judge();
        return course.Verdict();
    }

    /// <summary>A subject of the review's kind and name.</summary>
    internal static Subject SubjectOf(Review review, Node root, GuardSettings settings) =>
        new(review.Kind!, review.Namespace, review.Name, root, settings);

    /// <summary>Only where denials are made, so that it is said and counted once a request.</summary>
    private static Glass? GlassOf(Review review, Cluster cluster) => review.Stage.HasFlag(Stage.Validate) ? Glass.Of(review, cluster.Settings) : null;

    private static bool Protects(List<Applying> policies, ObjectKind kind) =>
        policies.Exists(p => p.Policy.Rules.Any(s => s.Rule.OnDelete && s.Rule.Kinds.Contains(kind)));

    private static List<Applying> Matching(Cluster cluster, Review review)
    {
        var matching = new List<Applying>(cluster.Policies.Length);
        foreach (var policy in cluster.Policies)
        {
            var coverage = policy.Match.Covers(review, cluster);
            if (coverage != Coverage.No)
                matching.Add(new Applying(policy, IsCertain: coverage == Coverage.Yes));
        }
        return matching;
    }
}

/// <summary>A policy for a review.</summary>
/// <param name="IsCertain">False where it selects by labels of a namespace that is not known: then it warns at most, and repairs nothing.</param>
internal readonly record struct Applying(GuardPolicy Policy, bool IsCertain);
