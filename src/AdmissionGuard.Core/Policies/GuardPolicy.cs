using System.Collections.Concurrent;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>How far a policy goes: it caps every action and every repair.</summary>
public enum PolicyMode
{
    Enforce,
    Warn,
    Audit,
}

/// <summary>
/// Rules with their actions and parameters, and what they are for. Made by <see cref="PolicyReader"/> or from a <see cref="Profile"/>; never half
/// valid.
/// </summary>
public sealed class GuardPolicy
{
    private readonly RuleSetting[] settings;
    private readonly ConcurrentDictionary<(ObjectKind Kind, bool OnDelete), RuleSetting[]> byKind = [];

    public GuardPolicy(string name, IEnumerable<RuleSetting> rules, Match? match = null, PolicyMode mode = PolicyMode.Enforce, bool ratchet = true)
    {
        Name = name;
        Mode = mode;
        Match = match ?? Match.Everything;
        Ratchet = ratchet;
        settings = [.. rules.OrderBy(r => r.Rule.Id, StringComparer.Ordinal)];
    }

    public string Name { get; }

    public PolicyMode Mode { get; }

    public Match Match { get; }

    /// <summary>Whether what exists is left alone: neither frozen by a denial nor changed by a repair.</summary>
    public bool Ratchet { get; }

    /// <summary>The rules that are not off, in the order of the catalogue.</summary>
    public IReadOnlyList<RuleSetting> Rules => settings;

    /// <summary>Those among <see cref="Rules"/> that judge objects of a kind, or what is made of them; or their deletions.</summary>
    internal ReadOnlySpan<RuleSetting> RulesFor(ObjectKind kind, bool onDelete) =>
        byKind.GetOrAdd((kind, onDelete), static (key, all) => [.. all.Where(s => s.Rule.Judges(key.Kind, key.OnDelete))], settings);

    /// <summary>What its author should write otherwise; it holds as it is.</summary>
    public IReadOnlyList<PolicyNotice> Notices { get; init; } = [];

    /// <summary>A built-in profile as a policy of its name.</summary>
    public static GuardPolicy Of(Profile profile) =>
        new(NameOf(profile), Catalogue.Rules.Select(r => RuleSetting.Of(r, profile)).Where(s => s.Action != GuardAction.Off));

    public static string NameOf(Profile profile) => profile == Profile.Strict ? "strict" : "baseline";

    /// <summary>The strictest action that the mode lets through.</summary>
    public GuardAction Cap =>
        Mode switch
        {
            PolicyMode.Enforce => GuardAction.Deny,
            PolicyMode.Warn => GuardAction.Warn,
            _ => GuardAction.Audit,
        };
}
