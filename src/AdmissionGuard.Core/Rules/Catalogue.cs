using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules;

/// <summary>Every rule there is, by id. The list is written by the build from the folder Rules/.</summary>
public static partial class Catalogue
{
    /// <summary>In the order of their ids, which is also the order of evaluation.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [.. Listed().OrderBy(r => r.Id, StringComparer.Ordinal)];

    private static readonly Dictionary<string, Rule> ById = Rules
        .SelectMany(r => r.AcceptedIds.Select(id => KeyValuePair.Create(id, r)))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>By its id or a former one.</summary>
    public static Rule? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>The id that the rule has now; what is no id of a rule stays as it is.</summary>
    public static string PresentId(string id) => Find(id)?.Id ?? id;

    /// <summary>What to tell who wrote a former id; null where it is none.</summary>
    public static string? FormerIdNotice(string id) =>
        Find(id) is { } rule && rule.Id != id ? $"rule {id} is now called {rule.Id}; the old name is accepted until 2.0" : null;

    /// <summary>Every id that a policy may name: the present ones, then the former ones.</summary>
    public static IEnumerable<string> AcceptedIds => Rules.Select(r => r.Id).Concat(Rules.SelectMany(r => r.FormerIds).Order(StringComparer.Ordinal));

    /// <summary>Whether at least one rule judges it; the others are only looked up.</summary>
    public static bool Judges(ObjectKind kind) => Judged.Contains(kind);

    /// <summary>The kinds that at least one rule judges.</summary>
    public static IReadOnlyList<ObjectKind> Kinds { get; } =
    [.. Rules.SelectMany(r => r.Kinds).Distinct().OrderBy(k => k.Name, StringComparer.Ordinal)];

    private static readonly HashSet<ObjectKind> Judged = [.. Kinds];
}
