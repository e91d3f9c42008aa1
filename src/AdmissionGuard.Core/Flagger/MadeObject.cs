using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// Where a part of an object that Flagger makes comes from: <paramref name="Made"/> in the object, <paramref name="Source"/> in the Canary, both JSON
/// Pointers; what lies below has the same path below, unless <paramref name="IsWhole"/>: then it has no place of its own in the Canary.
/// </summary>
internal readonly record struct Origin(string Made, string Source, bool IsWhole = false);

/// <summary>An object as Flagger makes it of a Canary, before a release, with the place in the Canary for each of its paths.</summary>
/// <param name="Origins">The longest that fits counts.</param>
internal sealed record MadeObject(ObjectKey Key, Node Root, IReadOnlyList<Origin> Origins)
{
    private Dictionary<string, Origin>? origins;

    /// <summary>Another one has the same content, and what is said of that is said of this.</summary>
    public bool IsTwin { get; init; }

    /// <summary>A path of the object as one of the Canary.</summary>
    /// <param name="hasPlace">False where the Canary has no field for it.</param>
    public string SourceOf(string path, out bool hasPlace)
    {
        var best = new Origin("", "/spec/service", IsWhole: true);
        var known = (origins ??= ByMade()).GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (!known.TryGetValue(path.AsSpan(0, end), out var origin))
                continue;
            best = origin;
            break;
        }
        hasPlace = !best.IsWhole || path == best.Made;
        return best.IsWhole ? best.Source : best.Source + path[best.Made.Length..];
    }

    private Dictionary<string, Origin> ByMade()
    {
        var made = new Dictionary<string, Origin>(StringComparer.Ordinal);
        foreach (var origin in Origins)
            made.TryAdd(origin.Made, origin);
        return made;
    }
}
