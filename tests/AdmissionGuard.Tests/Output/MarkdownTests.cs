using AdmissionGuard.Formats;
using AdmissionGuard.Tests.Commands;

namespace AdmissionGuard.Tests.Output;

/// <summary>What a comment on a pull request looks like, and that it is never too long to be posted.</summary>
public sealed class MarkdownTests : CommandLine
{
    [Fact]
    public async Task Totals_then_a_table_a_file_then_what_to_write()
    {
        var file = Write("dr.yaml", Bad);
        var outcome = await Check(file, Write("good.yaml", Named("good", Good)), "--output", "markdown");
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith(
            $"<!-- admissionguard check -->\n## AdmissionGuard: 1 deny\n\n2 documents, 2 reviewed: 1 deny, 0 warn, 0 fix, 0 audit\n\n#### "
                + $"`{file}`\n\n| | rule | place | |\n|---|---|---|---|\n| **deny** | {Rule} | line 6, DestinationRule "
                + $"shop/api<br>`spec.trafficPolicy.outlierDetection` | api.shop.svc.cluster.local has no outlier detection",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"<details>\n<summary>What to write</summary>\n\n`{file}` line 6, {Rule}, at "
                + $"`spec.trafficPolicy.outlierDetection`\n\n```yaml\ntrafficPolicy:\n  outlierDetection:\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.EndsWith("```\n\n</details>\n", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("good.yaml", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_found_says_so()
    {
        var outcome = await Check(Write("dr.yaml", Good), "--output", "markdown");
        Assert.Equal(
            "<!-- admissionguard check -->\n## AdmissionGuard: nothing found\n\n1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit\n",
            outcome.Out
        );
    }

    [Fact]
    public async Task What_could_not_be_read_is_told_first()
    {
        var outcome = await Check(At("missing_x.yaml"), "--output", "markdown");
        Assert.Contains($"## AdmissionGuard: 1 not judged\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"**Could not be judged**\n\n- {MarkdownText.Of(At("missing_x.yaml"))}: does not exist\n",
            outcome.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_comment_is_never_longer_than_GitHub_takes_and_holds_the_strictest()
    {
        var objects = string.Join(
            "\n---\n",
            Enumerable.Range(0, 3000).Select(i => Bad.Replace("name: api", $"name: w{i}", StringComparison.Ordinal))
        );
        var policies = Write(
            "two.yaml",
            Policy("warn", $"- {{rule: {Rule}, action: warn}}")
                + "---\n"
                + Policy("deny", $"- {{rule: {Rule}, action: deny}}")
                    .Replace("spec:", "spec:\n  match: {namespaces: [pay]}", StringComparison.Ordinal)
        );
        var outcome = await Run([
            "check",
            "--policy",
            policies,
            "--output",
            "markdown",
            Write("many.yaml", objects),
            Write("z.yaml", Bad.Replace("namespace: shop", "namespace: pay", StringComparison.Ordinal)),
        ]);
        Assert.InRange(outcome.Out.Length, 30_000, 65_000);
        Assert.Contains("| **deny** |", outcome.Out, StringComparison.Ordinal);
        var rows = outcome.Out.Split('\n').Count(l => l.StartsWith("| warn |", StringComparison.Ordinal));
        Assert.Contains($"\nand {3000 - rows} more: run `admissionguard check` to see all\n", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith(" more: run `admissionguard check` to see all\n\n</details>\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comment_of_one_text_as_long_as_can_be_is_not_too_long() => Assert.True(MarkdownText.Of(new string('|', 400)).Length <= 800);

    [Theory]
    [InlineData("a|b", @"a\|b")]
    [InlineData("`x`", @"\`x\`")]
    [InlineData("<b>&amp;", @"\<b\>\&amp;")]
    [InlineData("@team #12 [a](b)", @"@&#8203;team \#12 \[a\](b)")]
    [InlineData("a\nb", "a b")]
    public void Text_stays_text(string text, string markdown) => Assert.Equal(markdown, MarkdownText.Of(text));

    [Theory]
    [InlineData("spec.http[0]", "`spec.http[0]`")]
    [InlineData("a|b", @"`a\|b`")]
    [InlineData("`a``b", "``` `a``b ```")]
    public void Code_stays_code(string text, string markdown) => Assert.Equal(markdown, MarkdownText.Code(text));

    [Fact]
    public void A_block_ends_where_it_ends() => Assert.Equal("````yaml\na: ```\n````\n", MarkdownText.Block("a: ```", "yaml"));
}
