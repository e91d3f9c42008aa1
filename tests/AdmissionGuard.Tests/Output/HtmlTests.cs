using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using AdmissionGuard.Checks;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Manifests;
using AdmissionGuard.Pages;
using AdmissionGuard.Tests.Commands;

namespace AdmissionGuard.Tests.Output;

/// <summary>The page of <c>--output html</c>: it stands alone, users' texts stay texts, and it never grows without bound.</summary>
public sealed class HtmlTests : CommandLine
{
    private const string Rollout = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: search, namespace: shop}
        spec:
          strategy:
            canary:
              steps: [{setWeight: 100}]
        """;

    private static async Task<HtmlPage> Page(params string[] args) => new((await Run(["check", "--output", "html", .. args])).Out);

    [Fact]
    public async Task Says_what_was_looked_at_and_what_was_found()
    {
        var outcome = await Check(Write("dr.yaml", Bad), Write("good.yaml", Named("good", Good)), "--output", "html");
        Assert.Equal((1, ""), (outcome.Status, outcome.Error));
        var page = new HtmlPage(outcome.Out);
        Assert.StartsWith($"AdmissionGuard: 1 deny, 0 warn in {At("dr.yaml")}", page.All("title").Single().Value, StringComparison.Ordinal);
        Assert.Equal(("2", "1", "0", "0"), (page.Total("reviewed"), page.Total("deny"), page.Total("warn"), page.Total("errors")));
        var card = Assert.Single(page.OfClass("card"));
        Assert.Equal("deny", card.Attribute("data-action")!.Value);
        Assert.Contains("api.shop.svc.cluster.local has no outlier detection", card.Value, StringComparison.Ordinal);
        Assert.Contains($"DestinationRule shop/api {At("dr.yaml")}:6:1 spec.trafficPolicy.outlierDetection", card.Value, StringComparison.Ordinal);
        Assert.StartsWith(
            "  spec:\n+   trafficPolicy:\n+     outlierDetection:\n+       consecutive5xxErrors: 5\n",
            page.OfClass("diff").Single().Value,
            StringComparison.Ordinal
        );
        var rule = Catalogue.Find(Rule)!;
        Assert.All([rule.Summary, rule.Why, rule.Remedy], t => Assert.Contains(t, page.Id($"rule-{Rule}").Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Has_a_chart_for_each_Rollout_and_findings_lead_to_it()
    {
        var page = await Page(Write("rollout.yaml", Rollout), Write("dr.yaml", Bad));
        Assert.Single(page.OfClass("plan"));
        Assert.Contains("100 points, from 0 % to 100 % of users", page.Id("plan-1").Value, StringComparison.Ordinal);
        Assert.Contains(page.OfClass("card"), c => c.Descendants().Any(a => a.Attribute("href")?.Value == "#plan-1"));
    }

    [Fact]
    public async Task Stands_alone_and_its_policy_lets_nothing_in()
    {
        var page = await Page(Write("rollout.yaml", Rollout), Write("dr.yaml", Bad));
        foreach (var link in page.Root.Descendants().Attributes("href"))
            Assert.True(link.Value.StartsWith('#') && page.Has(link.Value[1..]), link.Value);
        Assert.DoesNotContain(page.Root.Descendants().Attributes(), a =>
            a.Name.LocalName is "src" or "srcset" or "style" or "action" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal)
        );
        Assert.DoesNotMatch(@"@import|url\((?!#open\))", page.Source);
        Assert.Equal(1, page.Source.Split("://").Length - 1); // the name of XHTML, which nobody fetches
        var policy = page.All("meta").Single(m => m.Attribute("http-equiv") is not null).Attribute("content")!.Value;
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (var element in (string[])["style", "script"])
        {
            var (begin, end) = (
                page.Source.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2,
                page.Source.IndexOf($"</{element}>", StringComparison.Ordinal)
            );
            var content = page.Source[begin..end];
            Assert.Equal(content, page.All(element).Single().Value); // the same to HTML, which knows no entities there
            Assert.Contains(
                $"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'",
                policy,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Can_be_read_by_ear_and_by_keyboard()
    {
        var page = await Page(Write("rollout.yaml", Rollout), Write("dr.yaml", Bad), At("missing.yaml"));
        Assert.Equal("en", page.Root.Attribute("lang")!.Value);
        var levels = page.Root.Descendants().Select(e => e.Name.LocalName).Where(n => n is ['h', >= '1' and <= '6']).Select(n => n[1] - '0').ToList();
        Assert.Equal(1, levels[0]);
        Assert.Single(levels, 1);
        Assert.All(levels.Zip(levels.Skip(1)), p => Assert.True(p.Second <= p.First + 1));
        Assert.All(page.All("th"), h => Assert.NotNull(h.Attribute("scope")));
        var ids = page.Root.Descendants().Attributes("id").Select(i => i.Value).ToList();
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids);
        Assert.All(page.Root.Descendants().Attributes("aria-labelledby"), a => Assert.Contains(a.Value, ids));
        Assert.Equal("hidden", page.Id("filter").Attribute("hidden")!.Value); // the script shows it
    }

    [Fact]
    public async Task Texts_of_users_stay_texts()
    {
        const string name = "</code><script>alert(1)</script>\\\"'&amp; ]]> <!-- \\u0007\\u202e\\u2066\\u2028\\ufffe🚀";
        var object1 = Bad.Replace("name: api", $"name: \"{name}\"", StringComparison.Ordinal)
            .Replace("namespace: shop", $"namespace: \"{name}\"", StringComparison.Ordinal)
            .Replace("api.shop.svc.cluster.local", $"\"{name}\"", StringComparison.Ordinal);
        var object2 = Rollout
            .Replace("name: search", $"name: \"{name}\"", StringComparison.Ordinal)
            .Replace("setWeight: 100", $"setWeight: \"{name}\"", StringComparison.Ordinal);
        var file = Write("<b onclick='x'>&.yaml", $"{object1}\n---\n{object2}");
        var page = await Page(file, "--audit");
        Assert.Single(page.All("script"));
        Assert.Empty(page.All("i").Concat(page.All("img")));
        Assert.Contains(page.OfClass("card"), c =>
            c.Value.Contains("</code><script>alert(1)</script>\"'&amp; ]]> <!--", StringComparison.Ordinal)
            && c.Value.Contains("🚀", StringComparison.Ordinal)
        );
        Assert.Contains("<b onclick='x'>&.yaml", page.OfClass("places").First().Value, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe]", page.Source);
    }

    [Fact]
    public async Task Nothing_found_says_so()
    {
        var page = await Page("--policy", PolicyFile, Write("dr.yaml", Good));
        Assert.Contains("Nothing was found.", page.Source, StringComparison.Ordinal);
        Assert.Empty(page.OfClass("card"));
        Assert.Empty(page.All("table"));
    }

    [Fact]
    public async Task What_could_not_be_judged_stands_first()
    {
        var outcome = await Check(At("missing.yaml"), "--output", "html");
        Assert.Equal(2, outcome.Status);
        var page = new HtmlPage(outcome.Out);
        Assert.Equal("Could not be judged", page.All("h2").First().Value);
        Assert.Contains($"{At("missing.yaml")}: does not exist", page.All("main").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_findings_are_counted_and_listed_only_when_asked_for()
    {
        var policy = Write("audit.yaml", Policy("audit", $"- {{rule: {Rule}, action: audit}}"));
        var file = Write("dr.yaml", Bad);
        var page = await Page("--policy", policy, file);
        Assert.Equal(("1", 0), (page.Total("audit"), page.OfClass("card").Count()));
        Assert.Contains("1 audit finding is counted and not listed", page.Source, StringComparison.Ordinal);
        Assert.Single((await Page("--policy", policy, file, "--audit")).OfClass("card"));
    }

    [Fact]
    public async Task What_is_known_is_listed_last()
    {
        var file = Write("dr.yaml", Bad);
        await Check(file, "--known", At("known.yaml"), "--write-known");
        var other = Write("web.yaml", Named("web", Bad));
        var page = new HtmlPage((await Check(file, other, "--known", At("known.yaml"), "--output", "html")).Out);
        Assert.Equal(["deny", "known"], page.OfClass("card").Select(c => c.Attribute("data-action")!.Value));
        Assert.Equal(("1", "1"), (page.Total("deny"), page.Total("known")));
        Assert.Contains("known: admission would deny", page.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_the_same_but_for_its_place_is_written_once()
    {
        var objects = string.Join("\n---\n", Enumerable.Range(0, 30).Select(i => Bad.Replace("name: api", $"name: w{i}", StringComparison.Ordinal)));
        var page = new HtmlPage((await Check(Write("many.yaml", objects), "--output", "html")).Out);
        var card = Assert.Single(page.OfClass("card"));
        Assert.Contains("30 times", card.Value, StringComparison.Ordinal);
        Assert.Equal(20, card.Descendants().Count(e => e.Name.LocalName == "li"));
        Assert.Contains("and 10 more", card.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Twenty_thousand_findings_make_a_page_that_opens()
    {
        var many = Many(20_000);
        var page = new HtmlPage(Html(many));
        Assert.InRange(page.Source.Length, 1_000_000, 3_500_000);
        Assert.Equal("20000", page.Total("deny"));
        var listed = page.OfClass("card").Count();
        Assert.Contains($"and {20_000 - listed} more, none of them stricter: --output json has all", page.Source, StringComparison.Ordinal);
        Assert.Equal(page.Source, Html(many));
    }

    /// <summary>Each of another namespace and with another message, so that none is grouped.</summary>
    private static CheckReport Many(int count)
    {
        var (documents, _) = new YamlReader().Read("dr.yaml", Encoding.UTF8.GetBytes(Bad));
        var report = new ManifestReview(Actor.GitOps, "default", Judge.Now).Run(
            Cluster.Empty.With([Judge.Policy(Rule, GuardAction.Deny)]),
            new ManifestSet([.. documents], [], [], 0),
            old: null
        );
        var one = Assert.Single(report.Findings);
        return report with
        {
            Findings =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i =>
                        one with
                        {
                            Judgement = one.Judgement with
                            {
                                Finding = one.Judgement.Finding with { Message = $"{i}: {one.Judgement.Finding.Message}" },
                            },
                            Review = one.Review with { Namespace = string.Create(CultureInfo.InvariantCulture, $"team-{i}") },
                        }
                    ),
            ],
        };
    }

    private static string Html(CheckReport report)
    {
        using var text = new StringWriter { NewLine = "\n" };
        CheckHtml.Write(text, report, new FormatOptions(new SourceRoot(Repository.Root)) { Now = Judge.Now });
        return text.ToString();
    }
}
