using System.Text.Json.Nodes;
using System.Xml.Linq;
using AdmissionGuard.Tests.Output;

namespace AdmissionGuard.Tests.Commands;

/// <summary><c>--previous</c>: what a page says of an earlier report.</summary>
public sealed class PreviousTests : CommandLine
{
    private static string Named(string name) => Bad.Replace("name: api", $"name: {name}", StringComparison.Ordinal);

    private async Task<string> Earlier(params string[] files) => Write("previous.json", (await Check([.. files, "--output", "json"])).Out);

    private async Task<HtmlPage> Since(string previous, params string[] files) =>
        new((await Check([.. files, "--output", "html", "--previous", previous])).Out);

    [Fact]
    public async Task New_gone_and_unchanged_are_counted_and_listed()
    {
        var previous = await Earlier(Write("a.yaml", $"{Named("stays")}\n---\n{Named("goes")}"));
        var page = await Since(previous, Write("b.yaml", $"{Named("stays")}\n---\n{Named("comes")}\n---\n{Named("comes-too")}"));
        var trend = page.Id("trend").Parent!;
        Assert.Contains("2 new, 1 gone, 1 unchanged", trend.Value, StringComparison.Ordinal);
        Assert.Contains("deny23+1", trend.Value.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("objects reviewed23+1", trend.Value.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("DestinationRule shop/goes: ", trend.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("DestinationRule shop/stays", trend.Value, StringComparison.Ordinal);
        Assert.Equal([true, false], page.OfClass("card").Select(c => c.Attribute("data-new") is not null).OrderDescending());
    }

    [Fact]
    public async Task The_same_finding_with_another_action_is_unchanged()
    {
        var previous = await Earlier(Write("a.yaml", Bad));
        var page = new HtmlPage(
            (
                await Run([
                    "check",
                    "--policy",
                    Write("warn.yaml", Policy("test", $"- {{rule: {Rule}, action: warn}}")),
                    At("a.yaml"),
                    "--output",
                    "html",
                    "--previous",
                    previous,
                ])
            ).Out
        );
        Assert.Contains("0 new, 0 gone, 1 unchanged (1 of these with another action).", page.Id("trend").Parent!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finding_is_known_again_where_its_list_was_edited()
    {
        var policy = Write("own.yaml", Policy("own", "- {rule: virtual-service-timeout, action: deny}"));
        var previous = Write(
            "previous.json",
            (await Run(["check", "--policy", policy, Write("vs.yaml", VirtualService("")), "--output", "json"])).Out
        );
        Write("vs.yaml", VirtualService("\n  - {name: first, match: [{uri: {prefix: /first}}], timeout: 1s, route: [{destination: {host: api}}]}"));
        Assert.Contains(
            "0 new, 0 gone, 1 unchanged</strong>.",
            (await Run(["check", "--policy", policy, At("vs.yaml"), "--output", "html", "--previous", previous])).Out,
            StringComparison.Ordinal
        );

        // as reports were before findings had keys
        var old = JsonNode.Parse(await File.ReadAllTextAsync(previous, TestContext.Current.CancellationToken))!;
        foreach (var finding in old["findings"]!.AsArray())
            finding!.AsObject().Remove("key");
        Write("previous.json", old.ToJsonString());
        Assert.Contains(
            "1 new, 1 gone, 0 unchanged</strong>. The previous report tells findings apart by their path only",
            (await Run(["check", "--policy", policy, At("vs.yaml"), "--output", "html", "--previous", previous])).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Texts_of_the_file_stay_texts()
    {
        var previous = Write(
            "previous.json",
            """
            {"version":1,"findings":[{"rule":"<b>","kind":"<i>","namespace":"\"","name":"'","path":"","key":"",
            "action":"\" onclick=\"x","known":false,"message":"<script>\u202e"}]}
            """
        );
        var page = await Since(previous, Write("a.yaml", Bad));
        Assert.Single(page.All("script"));
        Assert.Contains("<b>, <i> \"/': <script>", page.Id("trend").Parent!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Root.Descendants().Attributes(), a => a.Name.LocalName == "onclick");
    }

    [Theory]
    [InlineData("{", ": no report of --output json: no JSON from line 1 on")]
    [InlineData("", ": no report of --output json: no JSON from line 1 on")]
    [InlineData("[]", ": no report of --output json: findings is absent, a list is expected")]
    [InlineData("""{"version":2,"findings":[]}""", ": version is 2, 1 is read")]
    [InlineData("""{"version":1,"findings":[7]}""", ": no report of --output json: rule of finding 1 is absent, a text is expected")]
    [InlineData("""{"version":1,"findings":[{"rule":"a","kind":7}]}""", ": no report of --output json: kind of finding 1 is 7, a text is expected")]
    public async Task A_file_that_is_no_report_is_refused_in_a_line(string text, string error)
    {
        var previous = Write("previous.json", text);
        var outcome = await Check(Write("a.yaml", Bad), "--output", "html", "--previous", previous);
        Assert.Equal((2, "", previous + error + "\n"), (outcome.Status, outcome.Out, outcome.Error));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused_in_a_line()
    {
        var outcome = await Check(Write("a.yaml", Bad), "--output", "html", "--previous", At("missing.json"));
        Assert.Equal((2, "", $"{At("missing.json")}: does not exist\n"), (outcome.Status, outcome.Out, outcome.Error));
    }

    [Fact]
    public async Task Other_formats_do_not_take_it()
    {
        var outcome = await Check(Write("a.yaml", Bad), "--previous", await Earlier(At("a.yaml")));
        Assert.Equal(
            (2, "--previous is for --output html: no other format shows what changed; see admissionguard check --help\n"),
            (outcome.Status, outcome.Error)
        );
    }

    private static string VirtualService(string first) =>
        $"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: api
              namespace: shop
            spec:
              hosts: [api]
              http:{first}
              - name: slow
                timeout: 900s
                route:
                - destination:
                    host: api
            """;
}
