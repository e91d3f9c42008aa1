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

    public Subject Subject { get; } = subject;

    /// <summary>The object as it is stored, on UPDATE; null otherwise, and null too while that object itself is judged for the ratchet.</summary>
    public Subject? Old { get; } = old;

    /// <summary>With the object as it is judged laid over it.</summary>
    public View World { get; } = world;

    /// <summary>The object goes; <see cref="World"/> is without it.</summary>
    public bool IsDeletion { get; } = isDeletion;

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
        var made = make(this);
        (shared ??= [])[typeof(T)] = made;
        return made;
    }

    public void Report(Finding finding) => findings.Add(finding);

    /// <summary>Runs a rule with a policy's parameters; what it found is the caller's.</summary>
    internal IReadOnlyList<Finding> Run(RuleSetting by)
    {
        setting = by;
        World.For(by.Rule.Id, by.Rule.Reads);
        Read.Rule = by.Rule.Id;
        findings.Clear();
        by.Rule.Check(this);
        return findings.Count == 0 ? [] : findings.ToArray();
    }
}
