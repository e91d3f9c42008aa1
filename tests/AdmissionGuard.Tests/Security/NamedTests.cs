using System.Text.RegularExpressions;

namespace AdmissionGuard.Tests.Security;

/// <summary>Tables that name the tests which show what they say.</summary>
public sealed partial class NamedTests
{
    [Theory]
    [InlineData("SECURITY.md", "## Threats", 20)]
    [InlineData("deploy/README.md", "## Faults", 12)]
    public void Every_test_that_a_table_names_is_there(string file, string heading, int least)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, file));
        var section = text[text.IndexOf(heading + "\n", StringComparison.Ordinal)..];
        var end = section.IndexOf("\n## ", 3, StringComparison.Ordinal);
        var rows = (end < 0 ? section : section[..end]).Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.True(rows.Count >= least, $"{rows.Count} rows");
        var sources = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToList();
        var known = sources.SelectMany(s => Method().Matches(s)).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var tests = row.TrimEnd(' ', '|').Split('|')[^1];
            var named = Name().Matches(tests).Select(m => m.Groups["name"].Value).ToList();
            Assert.True(named.Count > 0, row);
            Assert.All(named, n => Assert.Contains(n, known));
        }
    }

    [GeneratedRegex("(?:Task|void|class) (?<name>[A-Z][A-Za-z0-9_]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Method();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
