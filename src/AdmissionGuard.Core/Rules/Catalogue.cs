using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules;

/// <summary>Every rule there is, by id. The list is written by the build from the folder Rules/.</summary>
public static partial class Catalogue
{
    /// <summary>In the order of their ids, which is also the order of evaluation.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [.. Listed().OrderBy(r => r.Id, StringComparer.Ordinal)];

    private static readonly Dictionary<string, Rule> ById = Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);

    public static Rule? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>Whether at least one rule judges it; the others are only looked up.</summary>
    public static bool Judges(ObjectKind kind) => Judged.Contains(kind);

    /// <summary>The kinds that at least one rule judges.</summary>
    public static IReadOnlyList<ObjectKind> Kinds { get; } =
    [.. Rules.SelectMany(r => r.Kinds).Distinct().OrderBy(k => k.Name, StringComparer.Ordinal)];

    private static readonly HashSet<ObjectKind> Judged = [.. Kinds];
}
