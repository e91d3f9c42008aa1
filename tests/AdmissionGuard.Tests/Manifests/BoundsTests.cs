using System.Text;
using AdmissionGuard.Files;

namespace AdmissionGuard.Tests.Manifests;

/// <summary>What would cost the machine its memory or the process its stack costs one line instead.</summary>
public sealed class BoundsTests
{
    private const string Levels = "more than 128 maps and lists within each other";

    [Theory]
    [InlineData("a: [", 20_000)]
    [InlineData("[", 20_000)]
    [InlineData("- ", 20_000)]
    [InlineData("{\"a\":", 20_000)]
    [InlineData("? ", 20_000)]
    public void Twenty_thousand_levels_are_refused(string level, int times)
    {
        var text = level == "a: [" ? "a: " + new string('[', times) : string.Concat(Enumerable.Repeat(level, times));
        Assert.EndsWith(Levels, Reading.Refusal(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void As_many_levels_as_allowed_are_read(char open, char close)
    {
        var inner = open == '{' ? "\"a\":" : "";
        string Nested(int levels) => string.Concat(Enumerable.Repeat(open + inner, levels)) + "1" + new string(close, levels);
        Assert.Equal(Nested(128), Reading.Json(Nested(128)));
        Assert.EndsWith(Levels, Reading.Refusal(Nested(129)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_of_aliases_is_refused_at_the_alias_that_goes_too_far()
    {
        var text = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
        for (var c = 'b'; c < 'm'; c++)
            text.Append($"{c}: &{c} [{string.Join(',', Enumerable.Repeat("*" + (char)(c - 1), 10))}]\n");
        Assert.Equal("f.yaml:6:17: more than 500,000 values, those of aliases counted each time", Reading.Refusal(text.ToString()));
    }

    [Fact]
    public void A_bomb_of_merges_is_refused()
    {
        var text = new StringBuilder("a: &a {x: 1}\n");
        for (var c = 'b'; c < 'm'; c++)
            text.Append($"{c}: &{c} {{<<: [{string.Join(',', Enumerable.Repeat("*" + (char)(c - 1), 10))}]}}\n");
        Assert.EndsWith("more than 500,000 keys, those of merged maps counted each time", Reading.Refusal(text.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_used_often_is_refused()
    {
        var text = $"a: &a {new string('x', 1_000_000)}\nb: [{string.Join(',', Enumerable.Repeat("*a", 1000))}]\n";
        Assert.Equal("f.yaml:2:29: more than 8 MiB, what aliases stand for counted each time", Reading.Refusal(text));
    }

    [Fact]
    public void A_chain_of_aliases_counts_as_depth()
    {
        var text = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        Assert.EndsWith(Levels + ", those of aliases included", Reading.Refusal(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_values_are_refused() =>
        Assert.Equal(
            "f.yaml:1:1000000: more than 500,000 values in one document",
            Reading.Refusal("[" + string.Concat(Enumerable.Repeat("a,", 600_000)) + "]")
        );

    [Fact]
    public void A_document_that_is_too_large_is_refused_and_the_next_is_read()
    {
        var (documents, errors) = Reading.Of($"a: {new string('x', Limits.DocumentBytes)}\n---\nkind: B\n");
        Assert.Equal("B", Assert.Single(documents).Kind);
        Assert.Equal("f.yaml:1:1: a document larger than 8 MiB", Assert.Single(errors).ToString());
    }

    [Fact]
    public void Too_many_documents_are_refused()
    {
        var (documents, errors) = Reading.Of(string.Concat(Enumerable.Repeat("{}", Limits.Documents + 1)));
        Assert.Equal(Limits.Documents, documents.Count);
        Assert.Equal("f.yaml:1:200001: more than 100,000 documents in one file, split it", Assert.Single(errors).ToString());
    }

    [Fact]
    public void A_break_that_only_the_parser_counts_does_not_have_it_read_for_ever() =>
        Assert.StartsWith("f.yaml:", Reading.Refusal("a: b\n\u2028c:\n  d: [\"e:\n   - f: \"1\"\n  g: h\n"), StringComparison.Ordinal);
}
