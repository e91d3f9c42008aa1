using System.Text.RegularExpressions;

namespace AdmissionGuard.Tests.Docs;

/// <summary>What a comment or a page refers to is in this repository, and every fact is one that something rests on.</summary>
public sealed partial class ReferenceTests
{
    [Fact]
    public void Every_reference_to_docs_leads_to_a_page_and_an_anchor_of_it()
    {
        var broken =
            from page in Pages.All
            from Match reference in References().Matches(Pages.Text(page))
            let missing = Pages.Missing("docs/" + reference.Groups["path"].Value, reference.Groups["anchor"].Value)
            where missing is not null
            select $"{page}: {missing}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        var links = (
            from page in Pages.Markdown
            from Match link in Links().Matches(Pages.Prose(page))
            select (Page: page, Path: link.Groups["path"].Value, Anchor: link.Groups["anchor"].Value)
        ).ToList();
        Assert.True(links.Count > 100, $"{links.Count} links found: the pattern finds too few");
        var broken =
            from link in links
            let missing = Pages.Missing(link.Path.Length == 0 ? link.Page : Resolve(link.Page, link.Path), link.Anchor)
            where missing is not null
            select $"{link.Page}: {missing}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Nothing_refers_to_a_document_that_is_not_here()
    {
        var broken = from page in Pages.All from Match reference in Elsewhere().Matches(Pages.Text(page)) select $"{page}: {reference.Value}";
        Assert.Empty(broken);
    }

    /// <summary>In halves, or this file would refer to them too.</summary>
    [Theory]
    [InlineData("RO-", "015 of the catalogue")]
    [InlineData("HPA-", "001: a demand")]
    [InlineData("(facts ", "9.11)")]
    [InlineData("Facts ", "1.4, function effective")]
    [InlineData("(design ", "section 3)")]
    [InlineData("section 6 ", "of the design")]
    [InlineData("of issue ", "11")]
    [InlineData("domain-", "facts.md")]
    public void Such_a_reference_is_found(string first, string second) => Assert.Matches(Elsewhere(), first + second);

    [Theory]
    [InlineData("istio/istio#20135")]
    [InlineData("istio.go; issue 3125")]
    [InlineData("docs/facts/istio.md#hosts")]
    [InlineData("facts with sources")]
    public void A_source_upstream_is_none_of_them(string text) => Assert.DoesNotMatch(Elsewhere(), text);

    [Fact]
    public void Every_fact_has_a_heading_an_anchor_and_a_source()
    {
        foreach (var page in Pages.Facts.Where(p => !p.EndsWith("/README.md", StringComparison.Ordinal)))
        {
            var facts = Pages.Text(page).Split("<a id=\"")[1..];
            Assert.NotEmpty(facts);
            Assert.Equal(facts.Length, Pages.Text(page).Split("\n### ").Length - 1);
            Assert.Equal(facts.Length, Pages.Written(page).Distinct(StringComparer.Ordinal).Count());
            Assert.All(facts, f => Assert.Matches(Fact(), f));
        }
    }

    [Fact]
    public void Every_fact_is_one_that_code_rests_on()
    {
        var pointed = Pages
            .All.Where(p => p.StartsWith("src/", StringComparison.Ordinal) || p.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(p => References().Matches(Pages.Text(p)))
            .Select(m => m.Value)
            .ToHashSet(StringComparer.Ordinal);
        var unused = Pages.Facts.SelectMany(p => Pages.Written(p).Select(a => $"{p}#{a}")).Where(a => !pointed.Contains(a));
        Assert.Empty(unused);
    }

    private static string Resolve(string page, string path) =>
        Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, path))).Replace('\\', '/');

    /// <summary>From the root, as comments name pages.</summary>
    [GeneratedRegex(@"(?<![\w./-])docs/(?<path>[\w./-]+\.md)(?:#(?<anchor>[\w-]+))?", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex References();

    /// <summary>From the page, as Markdown names them; addresses of the web are left out.</summary>
    [GeneratedRegex(@"\]\((?![a-z]+:)(?<path>[^)#\s]*)(?:#(?<anchor>[^)\s]+))?\)", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Links();

    /// <summary>Numbers of documents by which this project was once written, and which it does not ship.</summary>
    [GeneratedRegex(
        @"\b(?:RO|DR|VS|AT|FL|HR|TS|SE|HPA|MUT|SYS|X)-[0-9]{3}\b|\b[Ff]acts? [0-9]|domain[-]facts|"
            + @"\bdesign,? section [0-9]|\bsection [0-9]+ of the design|\bissue [0-9]{1,2}\b",
        RegexOptions.None,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Elsewhere();

    [GeneratedRegex("^[a-z0-9-]+\"></a>\n### [^\n]+\n\n.*\nSource: [^\n]+\\.\n", RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fact();
}
