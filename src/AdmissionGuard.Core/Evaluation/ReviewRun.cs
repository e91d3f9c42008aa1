using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>One review in the pipeline, and the state that its steps share.</summary>
internal sealed class ReviewRun
{
    private readonly Review review;
    private readonly Cluster cluster;
    private readonly List<ApplyingPolicy> policies;
    private readonly bool byController;
    private readonly BreakGlass? breakGlass;
    private readonly HashSet<LookUp>? trail;
    private readonly AppliedExceptions? exceptions;
    private readonly StoredFindings stored;
    private readonly List<Judgement> judgements = [];
    private readonly List<Edit.Addition> patch = [];
    private readonly RuleRunner runner = new();
    private Dictionary<(string Rule, string Key, int Nth), int>? places;
    private Dictionary<string, int>? nth;
    private SortedSet<string>? uncertain;
    private SortedSet<string>? unseen;
    private Subject subject;

    public ReviewRun(Review review, Cluster cluster, List<ApplyingPolicy> policies, BreakGlass? breakGlass, HashSet<LookUp>? trail)
    {
        this.review = review;
        this.cluster = cluster;
        this.policies = policies;
        this.breakGlass = breakGlass;
        this.trail = trail;
        byController = cluster.Settings.IsController(review.Actor);
        exceptions = AppliedExceptions.Of(review, cluster);
        subject = Subject.Of(review, review.Subject, cluster.Settings);
        stored = new StoredFindings(review, cluster, runner);
    }

    /// <summary>
    /// Injects defaults. Each edit is applied before the next rule runs, so that a rule sees what will be stored. Not for controllers and what they
    /// own:
    /// they would write it back, and we again (docs/facts/flagger.md#generated-objects).
    /// </summary>
    public void Repair()
    {
        if (review.Operation == Operation.Delete || byController || IsOwned(subject.Root))
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
                judgements.Add(new Judgement(setting.Rule.Id, policy.Name, finding, subject.Paths, GuardAction.Fix, setting.Action, Because.None));
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
        var inspection = Inspect(subject);
        foreach (var applying in policies)
        {
            var policy = applying.Policy;
            foreach (var setting in policy.Rules)
            {
                if (!Applies(setting.Rule))
                    continue;
                if (exceptions?.Cover(setting.Rule) == true)
                {
                    exceptions.Note(setting.Rule, CountAside(setting));
                    continue;
                }
                var findings = runner.Run(setting, inspection);
                if (findings.Count == 0)
                    continue;
                if (exceptions?.HaveEnded(setting.Rule) == true)
                    exceptions.Note(setting.Rule, findings.Count);
                if (!applying.IsCertain)
                    (uncertain ??= new(StringComparer.Ordinal)).Add(policy.Name);
                if (!cluster.World.Knows(setting.Rule.Reads))
                    (unseen ??= new(StringComparer.Ordinal)).UnionWith(setting.Rule.Reads.Where(cluster.Incomplete.Contains).Select(k => k.Name));
                var had = Ratchets(policy, setting.Rule) && stored.Subject is not null ? stored.Had(setting, findings) : null;
                nth?.Clear();
                foreach (var finding in findings)
                    Add(Weigh(applying, setting, finding, had?.ContainsKey(finding) == true));
            }
        }
    }

    public Verdict Verdict() =>
        new()
        {
            Review = review,
            Judgements = Sorted(),
            Patch = patch,
            TypeFaults = [.. subject.Read.Wrong.Select(w => new TypeFault(w.Rule, subject.Paths.Of(w.Node), w.Message))],
            Failures = runner.Failures,
            Exceptions = exceptions?.Uses ?? [],
            BreakGlass = breakGlass,
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
            foreach (var setting in policy.Rules)
            {
                if (setting.Fix && Applies(setting.Rule) && exceptions?.Cover(setting.Rule) != true)
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

    private bool Applies(Rule rule) => rule.Kinds.Contains(review.Kind!) && (review.Operation != Operation.Delete || rule.OnDelete);

    private bool Ratchets(GuardPolicy policy, Rule rule) => policy.Ratchet && exceptions?.HaveEnded(rule) != true;

    /// <summary>
    /// What a rule that is taken off would have found. Neither a wrong type that only it meets nor its breaking is the object's matter then.
    /// </summary>
    private int CountAside(RuleSetting setting) => new RuleRunner().Run(setting, Inspect(Subject.Of(review, subject.Root, cluster.Settings))).Count;

    private Inspection Inspect(Subject of) =>
        new(
            of,
            stored.Subject,
            new View(cluster.World, of.Key, review.Operation == Operation.Delete ? default : of.Root, trail),
            review.Operation == Operation.Delete
        );

    private Judgement Weigh(ApplyingPolicy applying, RuleSetting setting, Finding finding, bool had)
    {
        var policy = applying.Policy;
        var (action, because) = (setting.Action, Because.None);
        // what rests on half a picture is advice: the word that the output has for what no policy can raise
        if (!applying.IsCertain || !cluster.World.Knows(setting.Rule.Reads) || OnlyAdvises(policy))
            Weaken(GuardAction.Warn, Because.Advice);
        Weaken(finding.AtMost, finding.AtMostBecause);
        // objects of one apply come in any order: what a new one lacks may follow it (docs/facts/kubernetes-admission.md#apply-order)
        if (finding.RestsOnAbsence && review.Operation == Operation.Create)
            Weaken(GuardAction.Warn, Because.Advice);
        if (had)
            Weaken(GuardAction.Warn, Because.Ratchet);
        if (action > GuardAction.Warn && stored.IsInTrouble)
            Weaken(GuardAction.Warn, Because.Direction);
        if (byController)
            Weaken(GuardAction.Audit, Because.Controller);
        if (breakGlass is { IsBroken: true })
            Weaken(GuardAction.Warn, Because.BreakGlass);
        Weaken(policy.Cap, Because.Mode);
        return new Judgement(setting.Rule.Id, policy.Name, finding, subject.Paths, action, setting.Action, because);

        void Weaken(GuardAction to, Because why)
        {
            if (to < action)
            {
                action = to;
                because = why;
            }
        }
    }

    /// <summary>
    /// Of several policies that find the same, the strictest action; the first policy by name where they agree. A rule may find one key more than
    /// once: the first of one policy is then the first of the other, and so on.
    /// </summary>
    private void Add(Judgement judgement)
    {
        if (policies.Count == 1)
        {
            judgements.Add(judgement);
            return;
        }
        nth ??= new(StringComparer.Ordinal);
        places ??= [];
        var number = nth[judgement.Finding.Key] = nth.GetValueOrDefault(judgement.Finding.Key) + 1;
        var key = (judgement.Rule, judgement.Finding.Key, number);
        if (places.TryAdd(key, judgements.Count))
        {
            judgements.Add(judgement);
            return;
        }
        var at = places[key];
        if (judgement.Action > judgements[at].Action)
            judgements[at] = judgement;
    }

    private List<Judgement> Sorted()
    {
        foreach (var failure in runner.Failures)
        {
            var message = $"rule {failure.Rule} broke and was left out ({failure.Exception.GetType().Name}): please report it";
            judgements.Add(
                new Judgement(
                    "internal",
                    "",
                    new Finding(subject.Root, failure.Rule, message),
                    subject.Paths,
                    GuardAction.Warn,
                    GuardAction.Warn,
                    Because.None
                )
            );
        }
        return judgements.Count < 2 ? judgements : [.. judgements.OrderByDescending(j => j.Action)];
    }

    private static bool IsOwned(Node root)
    {
        foreach (var owner in root["metadata"u8]["ownerReferences"u8].Items)
        {
            if (owner["controller"u8].Kind == System.Text.Json.JsonValueKind.True)
                return true;
        }
        return false;
    }
}
