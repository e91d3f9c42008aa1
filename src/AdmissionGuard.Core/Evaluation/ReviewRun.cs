using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>One review in the pipeline, and the state that its steps share.</summary>
internal sealed class ReviewRun
{
    private readonly Review review;
    private readonly Cluster cluster;
    private readonly List<ApplyingPolicy> policies;
    private readonly Circumstances circumstances;
    private readonly HashSet<LookUp>? trail;
    private readonly AppliedExceptions? exceptions;
    private readonly StoredFindings stored;
    private readonly JudgementList judgements;
    private readonly List<Edit.Addition> patch = [];
    private readonly RuleRunner runner;
    private SortedSet<string>? uncertain;
    private SortedSet<string>? unseen;
    private Subject subject;
    private bool isRollback;

    public ReviewRun(Circumstances circumstances, Cluster cluster, List<ApplyingPolicy> policies, HashSet<LookUp>? trail)
    {
        review = circumstances.Review;
        this.circumstances = circumstances;
        this.cluster = cluster;
        this.policies = policies;
        this.trail = trail;
        runner = new RuleRunner(review.Patience);
        judgements = new JudgementList(policies.Count);
        exceptions = AppliedExceptions.Of(review, cluster);
        subject = Subject.Of(review, review.Subject, cluster.Settings);
        stored = new StoredFindings(review, cluster, runner);
    }

    /// <summary>As it would be stored, with what was repaired.</summary>
    public Node Result => subject.Root;

    /// <summary>
    /// Injects defaults. Each edit is applied before the next rule runs, so that a rule sees what will be stored. Not for controllers and what they
    /// own:
    /// they would write it back, and we again (docs/facts/flagger.md#generated-objects).
    /// </summary>
    public void Repair()
    {
        if (review.Operation == Operation.Delete || circumstances.ByController || IsWrittenByItsOwner())
            return;
        foreach (var (policy, setting) in Repairs())
        {
            var edits = new List<Edit>();
            foreach (var finding in runner.Run(setting, Inspect(subject)))
            {
                var edit = Ratchets(policy, setting.Rule) ? stored.OnlyWhatIsNew(setting, finding) : finding.Edit;
                if (edit?.AddsTo(subject.Root) != true)
                    continue;
                edits.Add(edit);
                judgements.AddRepair(
                    new Judgement(setting.Rule.Id, policy.Name, finding, subject.Paths, GuardAction.Fix, setting.Action, Because.None)
                );
            }
            if (edits.Count == 0)
                continue;
            var additions = Edit.Additions(subject.Root, edits);
            patch.AddRange(additions);
            subject = Subject.Of(review, Edit.Apply(subject.Root, additions), cluster.Settings);
        }
    }

    public void Judge()
    {
        var excuse = new Excuse(review, stored.Subject, subject);
        isRollback = excuse.IsRollback;
        var earlier = new EarlierVersions(review, cluster, runner);
        var ran = new List<RuleSetting>();
        var all = new List<Weighing.Found>();
        var inspection = Inspect(subject);
        foreach (var applying in policies)
        {
            foreach (var setting in RulesOf(applying.Policy))
            {
                if (exceptions?.Cover(setting.Rule) == true)
                {
                    exceptions.Note(setting.Rule, CountAside(setting));
                    continue;
                }
                var findings = earlier.And(setting, subject, stored.Subject, runner.Run(setting, inspection));
                ran.Add(setting);
                if (findings.Count > 0)
                    all.Add(Found(applying, setting, findings));
            }
        }
        var weighing = new Weighing(circumstances, excuse, () => stored.HadMore(ran, all));
        foreach (var found in all)
        {
            judgements.BeginRule();
            foreach (var finding in found.Findings)
                judgements.Add(weighing.Of(found, finding, subject.Paths));
        }
    }

    private Weighing.Found Found(ApplyingPolicy applying, RuleSetting setting, IReadOnlyList<Finding> findings)
    {
        if (exceptions?.HaveEnded(setting.Rule) == true)
            exceptions.Note(setting.Rule, findings.Count);
        if (!applying.IsCertain)
            (uncertain ??= new(StringComparer.Ordinal)).Add(applying.Policy.Name);
        var knows = cluster.World.Knows(setting.Rule.Needs);
        if (!knows)
            (unseen ??= new(StringComparer.Ordinal)).UnionWith(setting.Rule.Needs.Where(cluster.Incomplete.Contains).Select(k => k.Name));
        var had = Ratchets(applying.Policy, setting.Rule) && stored.Subject is not null ? stored.Had(setting, findings) : null;
        return new Weighing.Found(applying, setting, findings, had, applying.IsCertain && knows && !OnlyAdvises(applying.Policy));
    }

    public Verdict Verdict() =>
        new()
        {
            Review = review,
            Judgements = Sorted(out var unfixed),
            Patch = patch,
            TypeFaults = [.. subject.Read.Wrong.Select(w => new TypeFault(w.Rule, subject.Paths.Of(w.Node), w.Message))],
            Failures = runner.Failures,
            Exceptions = exceptions?.Uses ?? [],
            BreakGlass = circumstances.BreakGlass,
            Teardown = circumstances.Teardown,
            Unfixed = unfixed,
            Uncertain = uncertain is null ? [] : [.. uncertain],
            Unseen = unseen is null ? [] : [.. unseen],
        };

    /// <summary>For each rule, the first policy by name that repairs.</summary>
    private IEnumerable<(GuardPolicy Policy, RuleSetting Setting)> Repairs()
    {
        SortedDictionary<string, (GuardPolicy, RuleSetting)>? repairs = null;
        foreach (var (policy, isCertain) in policies)
        {
            if (policy.Mode != PolicyMode.Enforce || !isCertain || OnlyAdvises(policy))
                continue;
            foreach (var setting in RulesOf(policy))
            {
                if (setting.Fix && exceptions?.Cover(setting.Rule) != true)
                    (repairs ??= new(StringComparer.Ordinal)).TryAdd(setting.Rule.Id, (policy, setting));
            }
        }
        return repairs?.Values ?? Enumerable.Empty<(GuardPolicy, RuleSetting)>();
    }

    /// <summary>
    /// Istio's root namespace holds rules for the whole mesh and its own repair must not wait for us: there only a policy that names it refuses. Nor
    /// is anything refused where nothing is judged, in a report about what is stored.
    /// </summary>
    private bool OnlyAdvises(GuardPolicy policy) =>
        cluster.Settings.Excludes(review.Namespace)
        || (review.Namespace == cluster.Settings.RootNamespace && !policy.Match.Namespaces.Contains(review.Namespace, StringComparer.Ordinal));

    private ReadOnlySpan<RuleSetting> RulesOf(GuardPolicy policy) => policy.RulesFor(review.Kind!, review.Operation == Operation.Delete);

    private bool Ratchets(GuardPolicy policy, Rule rule) =>
        policy.Ratchet && exceptions?.HaveEnded(rule) != true && circumstances.Marked?.Rules.Contains(rule.Id) != true;

    /// <summary>
    /// What a rule that is taken off would have found. Neither a wrong type that only it meets nor its breaking is the object's matter then.
    /// </summary>
    private int CountAside(RuleSetting setting) =>
        new RuleRunner(review.Patience).Run(setting, Inspect(Subject.Of(review, subject.Root, cluster.Settings))).Count;

    private Inspection Inspect(Subject of) =>
        new(
            of,
            stored.Subject,
            new View(cluster.World, of.Key, review.Operation == Operation.Delete ? default : of.Root, trail),
            review.Operation == Operation.Delete
        )
        {
            Before = review.IsStored || review.IsAsIfNew ? null : new View(cluster.Prior ?? cluster.World, of.Key, review.OldObject, trail),
            Prior = cluster.Prior,
            IsRollback = isRollback,
            Patience = review.Patience,
        };

    private List<Judgement> Sorted(out AdmittedMark? unfixed)
    {
        var sorted = judgements.Sorted(subject, runner.Failures);
        var marked = circumstances.Marked;
        var denied = sorted.TakeWhile(j => j.Action == GuardAction.Deny).Select(j => j.Rule).Where(r => marked?.Rules.Contains(r) == true).ToList();
        unfixed = denied.Count == 0 ? null : marked! with { Rules = [.. denied] };
        return sorted;
    }

    /// <summary>
    /// A program writes what another object owns. Anybody can write an owner into an object, and a person or a sync writes nothing back.
    /// </summary>
    private bool IsWrittenByItsOwner()
    {
        if (
            !review.Actor.User.StartsWith("system:serviceaccount:", StringComparison.Ordinal)
            || cluster.Settings.KindOf(review.Actor) == ActorKind.GitOps
        )
            return false;
        foreach (var owner in subject.Root["metadata"u8]["ownerReferences"u8].Items)
        {
            if (owner["controller"u8].Kind == System.Text.Json.JsonValueKind.True)
                return true;
        }
        return false;
    }
}
