using System.Text;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Commands;

/// <summary>What helm rendered is found by its template, and in the stream that was read.</summary>
public sealed class SourceTests : CommandLine
{
    private const string Rendered =
        "---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: api}\n---\n# Source: "
        + "shop/charts/mesh/templates/dr.yaml\n"
        + Bad
        + "\n";

    [Fact]
    public async Task Text_begins_with_the_template()
    {
        var outcome = await Run(["check", "--policy", PolicyFile, "-"], input: Rendered);
        Assert.StartsWith(
            $"shop/charts/mesh/templates/dr.yaml (stdin:13:1): deny  {Rule}  DestinationRule shop/api\n",
            outcome.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_that_was_rendered_before_keeps_its_name()
    {
        var file = Write("all.yaml", Rendered);
        Assert.StartsWith($"shop/charts/mesh/templates/dr.yaml ({file}:13:1): deny", (await Check(file)).Out, StringComparison.Ordinal);
        Assert.StartsWith($"::error file={file},line=13,col=1,title=", (await Check(file, "--output", "github")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_keeps_what_was_read_and_adds_the_source()
    {
        var finding = (await Run(["check", "--policy", PolicyFile, "-", "--output", "json"], input: Rendered)).Json["findings"]![0]!;
        Assert.Equal(("-", 13, "shop/charts/mesh/templates/dr.yaml"), ((string?)finding["file"], (int)finding["line"]!, (string?)finding["source"]));
    }

    [Theory]
    [InlineData("sarif", "shop/charts/mesh/templates/dr.yaml\",\n                  \"uriBaseId\"")]
    [InlineData("sarif", ", rendered: shop/charts/mesh/templates/dr.yaml (stdin:13:1)\\nWrite:\\n")]
    [InlineData("github", "shop/charts/mesh/templates/dr.yaml,title=deny%3A destination-rule-outlier-detection::DestinationRule shop/api")]
    [InlineData("github", "%0Arendered: shop/charts/mesh/templates/dr.yaml (stdin:13:1)%0Awrite:")]
    [InlineData("markdown", "#### `shop/charts/mesh/templates/dr.yaml`\n")]
    [InlineData("markdown", "| rendered line 13, DestinationRule shop/api<br>")]
    [InlineData("junit", "<testsuite name=\"shop/charts/mesh/templates/dr.yaml\"")]
    public async Task Every_format_leads_to_the_template_and_names_the_line_that_was_read(string format, string part)
    {
        var outcome = await Run(["check", "--policy", PolicyFile, "-", "--output", format], input: Rendered);
        Assert.Equal(1, outcome.Status);
        Assert.Contains(part, outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# Source: a/b.yaml\na: 1", "a/b.yaml")]
    [InlineData("\n# by hand\r\n# Source: a/b.yaml\r\na: 1", "a/b.yaml")]
    [InlineData("a: 1\n# Source: a/b.yaml", null)]
    [InlineData("# Source:\na: 1", null)]
    [InlineData("# source: a/b.yaml\na: 1", null)]
    [InlineData("# Source: ::error::x\na: 1", null)]
    [InlineData("", null)]
    public void A_source_is_named_before_the_object(string document, string? source) =>
        Assert.Equal(source, SourceComment.Of(Encoding.UTF8.GetBytes(document)));

    [Fact]
    public async Task A_source_moves_no_cursor()
    {
        var outcome = await Run(["check", "--policy", PolicyFile, "-"], input: "# Source: a\u202eb\n" + Bad);
        Assert.StartsWith("a b (stdin:7:1): deny", outcome.Out, StringComparison.Ordinal);
    }
}
