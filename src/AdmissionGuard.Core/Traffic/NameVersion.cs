using System.Globalization;

namespace AdmissionGuard.Core.Traffic;

/// <summary>The version in a name, and the name around it.</summary>
internal sealed record NameVersion(string Around, IReadOnlyList<long> Numbers)
{
    private static readonly string[] Prefixes = ["version", "release", "ver", "rev", "v"];

    /// <summary>
    /// v2, v1.4, v1-4-2, version3, release-7, 1.4, and dates as 2024-01-15, 2024-01, 20240115 or 202401151230. A bare small number is none, as it may
    /// count zones or
    /// clusters; nor is a long one that is no date: it may be an account or a commit. Null where there is none.
    /// </summary>
    public static NameVersion? In(string name)
    {
        var words = name.Split('-', '_');
        for (var i = 0; i < words.Length; i++)
        {
            var length = LengthAt(words, i);
            if (length == 0)
                continue;
            var numbers = words.Skip(i).Take(length).SelectMany(w => Bare(w).Split('.', StringSplitOptions.RemoveEmptyEntries));
            return new NameVersion(string.Join('-', [.. words.Take(i), "*", .. words.Skip(i + length)]), [.. numbers.Select(Number)]);
        }
        return null;
    }

    /// <summary>Unknown where both are the same.</summary>
    public Age AgeTo(NameVersion other)
    {
        for (var i = 0; i < Math.Max(Numbers.Count, other.Numbers.Count); i++)
        {
            var left = i < Numbers.Count ? Numbers[i] : 0;
            var right = i < other.Numbers.Count ? other.Numbers[i] : 0;
            if (left != right)
                return left < right ? Age.Older : Age.Newer;
        }
        return Age.Unknown;
    }

    /// <summary>How many words from this one on make up a version: 0 where it begins none.</summary>
    private static int LengthAt(string[] words, int i)
    {
        var bare = Bare(words[i]);
        var end = i + 1;
        while (end < words.Length && IsDigits(words[end]))
            end++;
        if (bare.Length < words[i].Length)
        {
            var isVersion = bare.Length == 0 ? end > i + 1 : IsDotted(bare);
            return isVersion ? end - i : 0;
        }
        if (IsDigits(bare))
            return IsDate(bare) || (IsYear(bare) && end > i + 1 && words[i + 1].Length == 2 && IsUpTo(words[i + 1], 12)) ? end - i : 0;
        return IsDotted(bare) ? 1 : 0;
    }

    private static string Bare(string word)
    {
        var prefix = Array.Find(Prefixes, p => word.StartsWith(p, StringComparison.OrdinalIgnoreCase));
        return prefix is null ? word : word[prefix.Length..];
    }

    private static bool IsDate(string digits) =>
        digits.Length is 8 or 10 or 12 or 14 && IsYear(digits[..4]) && IsUpTo(digits[4..6], 12) && IsUpTo(digits[6..8], 31);

    private static bool IsYear(string digits) =>
        digits.Length == 4 && (digits.StartsWith("19", StringComparison.Ordinal) || digits.StartsWith("20", StringComparison.Ordinal));

    private static bool IsUpTo(string digits, long most) => Number(digits) is var number && number >= 1 && number <= most;

    private static bool IsDotted(string word) => word.Length > 0 && word.Split('.').All(IsDigits);

    private static bool IsDigits(string word) => word.Length is > 0 and <= 18 && word.All(char.IsAsciiDigit);

    private static long Number(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
