using AdmissionGuard.Core.Settings;

namespace AdmissionGuard.Core.Traffic;

public enum Age
{
    Unknown,
    Older,
    Newer,
}

/// <summary>Which of two destinations is the older version, told from their names (docs/how-changes-are-judged.md#direction).</summary>
internal static class VersionOrder
{
    /// <summary>
    /// The first as seen from the second. By the words for the proven side and the side on trial, else by a version in which the names differ and in
    /// nothing else.
    /// The side on trial is newer than whatever is not named at all; the proven side is not older than just anything (prod and a standby).
    /// Regions and colours are no versions: <c>us-east-1</c> is not older than <c>us-east-2</c>, a failover must pass.
    /// </summary>
    public static Age Compare(string first, string second, GuardSettings settings)
    {
        var a = WithoutOneOf(settings.IsNewName, first);
        var b = WithoutOneOf(settings.IsNewName, second);
        if (a is null == b is null)
            return CompareVersions(first, second);
        Age byWord;
        if (b is null)
        {
            if (IsProvenSide(second, a!, settings))
                byWord = Age.Newer;
            else
                byWord = Age.Unknown;
        }
        else if (IsProvenSide(first, b, settings))
            byWord = Age.Older;
        else
            byWord = Age.Unknown;
        var byVersion = CompareVersions(Bare(a ?? first), Bare(b ?? second));
        return byVersion == Age.Unknown || byVersion == byWord ? byWord : Age.Unknown;

        string Bare(string name) => WithoutOneOf(settings.IsStableName, name) ?? name;
    }

    /// <summary>Whether a name has a word for the side on trial: api-canary.</summary>
    public static bool IsOnTrial(string name, GuardSettings settings) => WithoutOneOf(settings.IsNewName, name) is not null;

    /// <summary>
    /// Whether a name is the other side of a trial. What is left without the words must agree but for a version: api-stable-v1 and api-canary-v2, not
    /// api-stable and
    /// web-canary. A name that is nothing but its word agrees with all.
    /// </summary>
    private static bool IsProvenSide(string name, string trial, GuardSettings settings)
    {
        if (trial.Length == 0 || AgreeButForVersion(name, trial))
            return true;
        var words = name.Split(Separators);
        for (var i = 0; i < words.Length; i++)
        {
            if (settings.IsStableName(words[i]) && (words.Length == 1 || AgreeButForVersion(Without(words, i), trial)))
                return true;
        }
        return false;
    }

    private static bool AgreeButForVersion(string a, string b) =>
        string.Equals(NameVersion.In(a)?.Around ?? a, NameVersion.In(b)?.Around ?? b, StringComparison.OrdinalIgnoreCase);

    private static Age CompareVersions(string first, string second) =>
        NameVersion.In(first) is { } a && NameVersion.In(second) is { } b && a.Around == b.Around ? a.AgeTo(b) : Age.Unknown;

    /// <summary>The name without the first of these words; null where it has none. Words are what stands between <c>- _ .</c></summary>
    private static string? WithoutOneOf(Predicate<string> isOne, string name)
    {
        var words = name.Split(Separators);
        var at = Array.FindIndex(words, isOne);
        return at < 0 ? null : Without(words, at);
    }

    private static string Without(string[] words, int index) => string.Join('-', words.Where((_, i) => i != index));

    private static readonly char[] Separators = ['-', '_', '.'];
}
