using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Contract;

/// <summary>What a rule sees and where it reports: the object, the one before it, the world as it would be, and its parameters.</summary>
public sealed class Inspection(Subject subject, Subject? old, View world, bool isDeletion = false)
{
    private readonly List<Finding> findings = [];
    private RuleSetting setting = null!;
    private Dictionary<Type, object>? shared;
    private AddedRoutes? added;
    private MadeInspections? made;

    public Subject Subject { get; } = subject;

    /// <summary>The object as it is stored, on UPDATE; null otherwise, and null too while that object itself is judged for the ratchet.</summary>
    public Subject? Old { get; } = old;

    /// <summary>With the object as it is judged laid over it.</summary>
    public View World { get; } = world;

    /// <summary>
    /// The world before the change, with the object as it was, if it was; null where the object is judged without one: in a file without an earlier
    /// state, in an audit, and while the stored object itself is judged for the ratchet.
    /// </summary>
    public View? Before { get; init; }

    /// <summary>The whole world before, where the change is more than this object; null where all else stays.</summary>
    internal WorldSnapshot? Prior { get; init; }

    /// <summary>The object goes; <see cref="World"/> is without it.</summary>
    public bool IsDeletion { get; } = isDeletion;

    /// <summary>An update of a Rollout that brings back a version that ran before.</summary>
    public bool IsRollback { get; internal init; }

    /// <summary>Of who waits for the verdict: a rule that finds thousands of things asks it now and then.</summary>
    internal Patience? Patience { get; init; }

    public ObjectKey Key => Subject.Key;

    public Node Spec => Subject.Spec;

    public Reader Read => Subject.Read;

    public GuardSettings Settings => World.Settings;

    public T Get<T>(Parameter<T> parameter)
        where T : notnull => (T)setting.ValueOf(parameter);

    /// <summary>
    /// A reading that several rules need, made by the first that asks. Whoever asks declares every kind that it reads, since any rule may be the
    /// first.
    /// </summary>
    internal T Shared<T>(Func<Inspection, T> make)
        where T : class
    {
        if (shared is not null && shared.TryGetValue(typeof(T), out var known))
            return (T)known;
        var reading = make(this);
        (shared ??= [])[typeof(T)] = reading;
        return reading;
    }

    public void Report(Finding finding)
    {
        if (findings.Count % 64 == 63)
            Patience?.Check();
        if (setting.Rule.LeavesAddedRoutes && Key.Kind == ObjectKind.VirtualService && (added ??= new AddedRoutes(Subject, World)).Hold(finding.At))
            return;
        findings.Add(finding);
    }

    /// <summary>Runs a rule with a policy's parameters; what it found is the caller's.</summary>
    internal IReadOnlyList<Finding> Run(RuleSetting by)
    {
        setting = by;
        World.For(by.Rule.Id, by.Rule.Reads);
        Before?.For(by.Rule.Id, by.Rule.Reads);
        Read.Rule = by.Rule.Id;
        findings.Clear();
        if (by.Rule.JudgesMadeOf(Key.Kind))
            findings.AddRange((made ??= new MadeInspections(this)).Run(by));
        else
            by.Rule.Check(this);
        return findings.Count == 0 ? [] : OfOwned(findings);
    }

    /// <summary>What Flagger owns it overwrites: advice to edit it would be undone within an interval.</summary>
    private Finding[] OfOwned(List<Finding> found)
    {
        if (Key.Kind == ObjectKind.Canary || CanaryReferences.OwnerOf(Subject.Root) is not { } canary)
            return found.ToArray();
        var advice = $"# in spec.service of {canary}: Flagger writes this {Key.Kind} and overwrites other changes";
        return [.. found.Select(f => f with { Remedy = f.Remedy is null ? null : advice })];
    }
}
