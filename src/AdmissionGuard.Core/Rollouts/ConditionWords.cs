using System.Globalization;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The words of a condition of Argo, in the language expr.</summary>
internal static class ConditionWords
{
    /// <summary>Longer ones nobody writes to say nothing, and each nests.</summary>
    private const int Longest = 500;

    private static readonly string[] Signs =
    [
        "||",
        "&&",
        "==",
        "!=",
        "<=",
        ">=",
        "**",
        "?.",
        "<",
        ">",
        "!",
        "+",
        "-",
        "*",
        "/",
        "%",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
    ];

    /// <summary>Null where there is a sign that this does not read, or it is too long.</summary>
    public static List<string>? Of(string condition)
    {
        if (condition.Length > Longest)
            return null;
        var words = new List<string>();
        for (var at = 0; at < condition.Length; )
        {
            var c = condition[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }
            var length = LengthAt(condition, at);
            if (length == 0)
                return null;
            words.Add(condition.Substring(at, length));
            at += length;
        }
        return words;
    }

    public static double? NumberOf(string word) =>
        char.IsAsciiDigit(word[0])
        && double.TryParse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static int LengthAt(string text, int at)
    {
        var c = text[at];
        if (c is '"' or '\'')
        {
            var end = text.IndexOf(c, at + 1);
            return end < 0 || text.AsSpan(at, end - at).Contains('\\') ? 0 : end - at + 1;
        }
        if (char.IsAsciiDigit(c))
            return Run(text, at, x => char.IsAsciiLetterOrDigit(x) || x is '.' or '_');
        if (char.IsAsciiLetter(c) || c == '_')
            return Run(text, at, x => char.IsAsciiLetterOrDigit(x) || x == '_');
        return Array.Find(Signs, s => string.CompareOrdinal(text, at, s, 0, s.Length) == 0)?.Length ?? 0;
    }

    private static int Run(string text, int at, Func<char, bool> goesOn)
    {
        var end = at + 1;
        while (end < text.Length && goesOn(text[end]))
            end++;
        return end - at;
    }
}
