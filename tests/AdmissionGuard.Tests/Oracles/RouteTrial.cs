using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// Tries requests against the routes that Istio wrote, by a reading of their matches that has nothing in common with the product's.
/// </summary>
internal static class RouteTrial
{
    private static readonly string[] Paths = ["/", "/a", "/a/", "/a/b", "/a/b/c", "/a/x", "/ax", "/b", "/c", "/c/d", "/zz", "/A", "/A/b", "/new"];
    private static readonly string?[] Others = [null, "", "test", "te", "tx", "1", "2", "23", "zz"];

    private static readonly Dictionary<string, string?[]> Usual = new(StringComparer.Ordinal)
    {
        [":method"] = ["GET", "POST", "HEAD", "PUT", "DELETE"],
        [":authority"] = ["api", "other.example.com", "apix"],
        [":scheme"] = ["http", "https"],
    };

    private static readonly Dictionary<string, Match> Known = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    /// <summary>The places of those that some request gets to, and whether some request gets to none.</summary>
    public static (IReadOnlySet<int> Reached, bool Loses) Of(JsonElement routes)
    {
        var matches = routes.EnumerateArray().Select(MatchOf).ToList();
        var names = matches.SelectMany(m => m.Tests.Select(t => t.Name)).Distinct().Order(StringComparer.Ordinal).ToList();
        var reached = new HashSet<int>();
        var loses = false;
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        Try(0);
        return (reached, loses);

        void Try(int at)
        {
            if (at < names.Count)
            {
                foreach (var value in Usual.GetValueOrDefault(names[at], Others))
                {
                    values[names[at]] = value;
                    Try(at + 1);
                }
                return;
            }
            foreach (var path in Paths)
            {
                var taker = matches.FindIndex(m => m.Takes(path, values));
                if (taker >= 0)
                    reached.Add(taker);
                else
                    loses = true;
            }
        }
    }

    /// <summary>The first that takes a request; absent where none does.</summary>
    public static JsonElement TakerOf(JsonElement routes, string path, IReadOnlyDictionary<string, string?> values) =>
        routes.EnumerateArray().FirstOrDefault(r => MatchOf(r).Takes(path, values));

    /// <summary>The text of a Go duration in seconds; 0 where there is none.</summary>
    public static double Seconds(JsonElement map, string key)
    {
        if (map.ValueKind != JsonValueKind.Object || !map.TryGetProperty(key, out var text))
            return 0;
        return Regex
            .Matches(text.GetString()!, @"(?<count>[\d.]+)(?<unit>ms|µs|us|ns|h|m|s)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)
            .Sum(m => double.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture) * UnitOf(m.Groups["unit"].Value));
    }

    private static double UnitOf(string unit) =>
        unit switch
        {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" => 1e-3,
            "ns" => 1e-9,
            _ => 1e-6,
        };

    private static Match MatchOf(JsonElement route)
    {
        var text = route.GetProperty("match").GetString()!;
        if (!Known.TryGetValue(text, out var match))
            Known[text] = match = Read(text);
        return match;
    }

    private static Match Read(string text)
    {
        var parts = text.Split(' ');
        var path = parts[0].Split('=', 2);
        var tests = new List<Test>();
        foreach (var part in parts.Skip(1).Where(p => p is not "ignoreCase" and not "metadata"))
        {
            var plain = part.TrimStart('!');
            var read = Regex.Match(
                plain,
                @"^(?<name>.[^:=]*):(?<how>present|exact|prefix|regex)=?(?<value>.*)$",
                RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
            );
            Assert.True(read.Success, $"cannot read {part}");
            var name = read.Groups["name"].Value;
            tests.Add(
                new Test(part[0] == '!', name[0] == '?' ? name : name.ToLowerInvariant(), read.Groups["how"].Value, read.Groups["value"].Value)
            );
        }
        return new Match(path[0], path[1], parts.Contains("ignoreCase"), tests);
    }

    private static bool IsWhole(string regex, string text)
    {
        if (!Compiled.TryGetValue(regex, out var known))
            Compiled[regex] = known = new Regex($@"^(?:{regex})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return known.IsMatch(text);
    }

    private sealed record Test(bool No, string Name, string How, string Value)
    {
        public bool Fits(string? given)
        {
            if (How == "present")
                return given is not null != No;
            if (given is null && !No)
                return false;
            given ??= "";
            var hit = How switch
            {
                "exact" => given == Value,
                "prefix" => given.StartsWith(Value, StringComparison.Ordinal),
                _ => IsWhole(Value, given),
            };
            return hit != No;
        }
    }

    private sealed record Match(string How, string Path, bool IgnoresCase, List<Test> Tests)
    {
        public bool Takes(string path, IReadOnlyDictionary<string, string?> values)
        {
            var how = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            var hit = How switch
            {
                "prefix" => path.StartsWith(Path, how),
                "exact" => path.Equals(Path, how),
                "pathPrefix" => path == Path || path.StartsWith(Path.TrimEnd('/') + "/", StringComparison.Ordinal),
                _ => IsWhole(Path, path),
            };
            return hit && Tests.TrueForAll(t => t.Fits(values.GetValueOrDefault(t.Name)));
        }
    }
}
