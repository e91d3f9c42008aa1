using System.Globalization;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Tests.Output;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Equal_texts_have_none() => Assert.Equal("", UnifiedDiff.Of("a\nb\n", "a\nb\n", "a", "b"));

    [Fact]
    public void A_line_that_is_added_stands_between_its_neighbours() =>
        Assert.Equal(
            """
            --- dr.yaml
            +++ dr.yaml (repaired)
            @@ -2,6 +2,7 @@
             2
             3
             4
            +new
             5
             6
             7

            """.ReplaceLineEndings("\n"),
            UnifiedDiff.Of("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nnew\n5\n6\n7\n8\n", "dr.yaml", "dr.yaml (repaired)")
        );

    [Fact]
    public void A_last_line_without_an_end_says_so() =>
        Assert.Equal(
            "--- a\n+++ b\n@@ -1,1 +1,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n\\ No newline at end of file\n",
            UnifiedDiff.Of("x", "x\ny", "a", "b")
        );

    [Fact]
    public void What_it_says_turns_the_one_text_into_the_other()
    {
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var from = Text(random);
            var to = random.Next(3) == 0 ? Text(random) : Changed(from, random);
            var diff = UnifiedDiff.Of(from, to, "from", "to");
            Assert.Equal(to, diff.Length == 0 ? from : Applied(from, diff));
        }
    }

    [Fact]
    public void A_text_that_grew_much_is_no_burden()
    {
        var lines = Enumerable.Range(0, 10_000).Select(i => $"- {i % 7}\n").ToList();
        var from = string.Concat(lines);
        var to = string.Concat(lines.Select(l => l + "  added: 1\n  and: 2\n"));
        Assert.Equal(to, Applied(from, UnifiedDiff.Of(from, to, "from", "to")));
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => $"{(char)('a' + random.Next(4))}{(random.Next(8) == 0 ? "\r\n" : "\n")}"))
        + (random.Next(2) == 0 ? "" : "end");

    private static string Changed(string text, Random random)
    {
        var lines = text.Split('\n').ToList();
        for (var i = random.Next(4); i > 0; i--)
            lines.Insert(random.Next(lines.Count), "new");
        if (random.Next(2) == 0)
            lines.RemoveAt(random.Next(lines.Count));
        return string.Join('\n', lines);
    }

    /// <summary>As patch does, strictly: every line that the diff names must stand where it says.</summary>
    private static string Applied(string from, string diff)
    {
        var (old, result, at) = (Lines(from), new List<string>(), 0);
        var lines = Lines(diff).Skip(2).ToList();
        for (var i = 0; i < lines.Count; )
        {
            var numbers = Numbers(lines[i++]);
            var (start, olds, news) = (numbers[0], numbers[1], numbers[3]);
            while (at < start - (olds == 0 ? 0 : 1))
                result.Add(old[at++]);
            while (olds > 0 || news > 0)
            {
                var text = lines[i][1..];
                var mark = lines[i++][0];
                if (i < lines.Count && lines[i][0] == '\\')
                {
                    text = text[..^1];
                    i++;
                }
                if (mark != '+')
                    Assert.Equal(old[at++], text);
                if (mark != '-')
                    result.Add(text);
                olds -= mark == '+' ? 0 : 1;
                news -= mark == '-' ? 0 : 1;
            }
        }
        return string.Concat(result.Concat(old[at..]));
    }

    private static List<string> Lines(string text)
    {
        var lines = text.Split('\n').Select(l => l + "\n").ToList();
        lines[^1] = lines[^1][..^1];
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    /// <summary><c>@@ -2,6 +2,7 @@</c></summary>
    private static int[] Numbers(string hunk)
    {
        Assert.StartsWith("@@ -", hunk, StringComparison.Ordinal);
        return [.. hunk[4..^4].Replace(" +", ",", StringComparison.Ordinal).Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
    }
}
