using System.Globalization;
using AdmissionGuard.Core.Policies;

namespace AdmissionGuard.Core.Traffic;

public enum Age
{
    Unknown,
    Older,
    Newer,
}

/// <summary>Which of two destinations is the older version, told from their names (design section 3).</summary>
internal static class VersionOrder
{
    /// <summary>
    /// The first as seen from the second. By the words for the proven side and the side on trial, else by a version in which the names differ and in nothing else.
    /// The side on trial is newer than whatever is not named at all; the proven side is not older than just anything (prod and a standby).
    /// Regions and colours are no versions: <c>us-east-1</c> is not older than <c>us-east-2</c>, a failover must pass.
    /// </summary>
    public static Age Compare(string first, string second, GuardSettings settings)
    {
        var a = Name.Of(first, settings);
        var b = Name.Of(second, settings);
        if (a.Rest == b.Rest || a.Rest.Length == 0 || b.Rest.Length == 0)
        {
            if (a.Side != Side.Trial && b.Side == Side.Trial) return Age.Older;
            if (a.Side == Side.Trial && b.Side != Side.Trial) return Age.Newer;
        }
        return a.Side == b.Side ? CompareVersions(first, second) : Age.Unknown;
    }

    private enum Side
    {
        None,
        Stable,
        Trial,
    }

    private readonly record struct Name(Side Side, string Rest)
    {
        /// <summary>Words are what stands between <c>- _ .</c>; what is left without the word must agree: api-stable and api-canary, not api-stable and web-canary.</summary>
        public static Name Of(string name, GuardSettings settings)
        {
            var words = name.Split('-', '_', '.');
            var side = Side.None;
            var rest = new List<string>();
            foreach (var word in words)
            {
                var named = settings.NewNames.Contains(word, StringComparer.OrdinalIgnoreCase) ? Side.Trial
                    : settings.StableNames.Contains(word, StringComparer.OrdinalIgnoreCase) ? Side.Stable
                    : Side.None;
                if (named != Side.None && side == Side.None) side = named;
                else rest.Add(word);
            }
            return new Name(side, string.Join('-', rest));
        }
    }

    private static Age CompareVersions(string first, string second)
    {
        if (Version.In(first) is not { } a || Version.In(second) is not { } b || a.Around != b.Around) return Age.Unknown;
        for (var i = 0; i < Math.Max(a.Numbers.Count, b.Numbers.Count); i++)
        {
            var left = i < a.Numbers.Count ? a.Numbers[i] : 0;
            var right = i < b.Numbers.Count ? b.Numbers[i] : 0;
            if (left != right) return left < right ? Age.Older : Age.Newer;
        }
        return Age.Unknown;
    }

    /// <summary>The version in a name, and the name around it.</summary>
    private readonly record struct Version(string Around, IReadOnlyList<long> Numbers)
    {
        private static readonly string[] Prefixes = ["version", "release", "ver", "rev", "v"];

        /// <summary>v2, v1.4, v1-4-2, version3, release-7, 1.4, and dates as 2024-01-15 or 20240115. A bare small number is none: it may count zones or clusters.</summary>
        public static Version? In(string name)
        {
            var words = name.Split('-', '_');
            for (var i = 0; i < words.Length; i++)
            {
                var length = LengthAt(words, i);
                if (length == 0) continue;
                var numbers = words.Skip(i).Take(length).SelectMany(w => Bare(w).Split('.', StringSplitOptions.RemoveEmptyEntries));
                return new Version(string.Join('-', [.. words.Take(i), "*", .. words.Skip(i + length)]), [.. numbers.Select(Number)]);
            }
            return null;
        }

        private static int LengthAt(string[] words, int i)
        {
            var bare = Bare(words[i]);
            if (bare.Length < words[i].Length)
            {
                var end = i + 1;
                while (end < words.Length && IsDigits(words[end])) end++;
                return bare.Length == 0 ? (end > i + 1 ? end - i : 0) : IsDotted(bare) ? end - i : 0;
            }
            if (IsDigits(bare))
            {
                if (bare.Length is >= 8 and <= 14) return 1;
                var dated = bare.Length == 4 && i + 2 < words.Length && IsDigits(words[i + 1]) && IsDigits(words[i + 2]) && words[i + 1].Length == 2 && words[i + 2].Length == 2;
                return dated ? 3 : 0;
            }
            return IsDotted(bare) ? 1 : 0;
        }

        private static string Bare(string word)
        {
            var prefix = Array.Find(Prefixes, p => word.StartsWith(p, StringComparison.OrdinalIgnoreCase));
            return prefix is null ? word : word[prefix.Length..];
        }

        private static bool IsDotted(string word) => word.Length > 0 && word.Split('.').All(IsDigits);

        private static bool IsDigits(string word) => word.Length is > 0 and <= 18 && word.All(char.IsAsciiDigit);

        private static long Number(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
