using System.Text.RegularExpressions;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// Whether a query of Prometheus asks for no series, so that its answer says nothing of any version: <c>vector(1)</c>, <c>time()</c>,
/// <c>vector(1) or sum(rate(errors[1m]))</c>. See docs/facts/argo-rollouts.md#cannot-fail.
/// </summary>
internal static class ConstantQuery
{
    private const RegexOptions Plain = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    private const int Longest = 4000;

    private static readonly string[] Keywords =
    [
        "bool",
        "or",
        "and",
        "unless",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "offset",
        "inf",
        "nan",
        "atan2",
    ];

    public static bool Is(string query)
    {
        // a selector in braces asks for series, and so may whatever an argument stands for
        if (query.Length > Longest || query.Contains('{', StringComparison.Ordinal))
            return Regex.IsMatch(query, @"^\s*vector\(\s*[0-9.]+\s*\)\s+or\s", Plain);
        var plain = Regex.Replace(query, "#[^\n]*|\"[^\"]*\"|'[^']*'|`[^`]*`", " ", Plain).Trim();
        if (
            plain.Length == 0
            || Regex.IsMatch(plain, @"^vector\(\s*[0-9.]+\s*\)\s+or\s", Plain)
            || Regex.IsMatch(plain, @"\*\s*0(\.0+)?\s*([-+]|$)", Plain)
        )
            return plain.Length > 0;
        foreach (Match word in Regex.Matches(plain, @"[a-zA-Z_:][a-zA-Z0-9_:]*", Plain))
        {
            var rest = plain.AsSpan(word.Index + word.Length).TrimStart();
            var isFunction = rest.Length > 0 && rest[0] == '(';
            var isUnit = word.Index > 0 && char.IsAsciiDigit(plain[word.Index - 1]);
            if (!isFunction && !isUnit && !Keywords.Contains(word.Value, StringComparer.OrdinalIgnoreCase))
                return false;
        }
        return true;
    }
}
