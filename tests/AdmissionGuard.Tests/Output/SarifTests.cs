using System.Text.Json.Nodes;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Tests.Commands;

namespace AdmissionGuard.Tests.Output;

/// <summary>What code scanning relies on.</summary>
public sealed class SarifTests : CommandLine
{
    [Fact]
    public void All_cases_together_fit_the_schema()
    {
        foreach (var @case in GoldenCase.All())
            SarifShape.AssertFits(Of(@case.Report()));
    }

    [Fact]
    public async Task A_finding_has_its_rule_its_place_and_ends_with_what_to_write()
    {
        var file = Write("dr.yaml", Bad);
        var run = await Sarif(file);
        var rule = Assert.Single(run["tool"]!["driver"]!["rules"]!.AsArray())!;
        Assert.Equal(Rule, (string?)rule["id"]);
        Assert.Equal("error", (string?)rule["defaultConfiguration"]!["level"]);
        Assert.Contains($"`admissionguard rules {Rule}`", (string?)rule["help"]!["markdown"], StringComparison.Ordinal);
        var result = Assert.Single(run["results"]!.AsArray())!;
        Assert.Equal((Rule, 0, "error"), ((string?)result["ruleId"], (int)result["ruleIndex"]!, (string?)result["level"]));
        var text = (string)result["message"]!["text"]!;
        Assert.StartsWith(
            "DestinationRule shop/api, spec.trafficPolicy.outlierDetection: api.shop.svc.cluster.local has no outlier detection",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("\nWrite:\ntrafficPolicy:\n  outlierDetection:\n", text, StringComparison.Ordinal);
        Assert.Equal("""{"startLine":6,"startColumn":1}""", result["locations"]![0]!["physicalLocation"]!["region"]!.ToJsonString());
        Assert.True((bool)run["invocations"]![0]!["executionSuccessful"]!);
    }

    [Fact]
    public async Task A_run_without_a_finding_is_a_run_so_that_old_alerts_close()
    {
        var run = await Sarif(Write("dr.yaml", Good));
        Assert.Equal("[]", run["results"]!.ToJsonString());
        Assert.Equal("[]", run["tool"]!["driver"]!["rules"]!.ToJsonString());
    }

    [Fact]
    public async Task Its_fingerprint_stays_when_lines_move_and_differs_for_another_object()
    {
        var file = Write("dr.yaml", Bad);
        var before = Fingerprint(await Sarif(file));
        Write("dr.yaml", "# moved\n\n" + Bad.Replace("spec:", "  labels: {a: b}\nspec:", StringComparison.Ordinal));
        Assert.Equal(before, Fingerprint(await Sarif(file)));
        Write("dr.yaml", Named("web", Bad));
        Assert.NotEqual(before, Fingerprint(await Sarif(file)));
        Write("dr.yaml", Bad + "\n---\n" + Bad);
        var both = await Sarif(file);
        Assert.Equal(before.Replace(":1", ":2", StringComparison.Ordinal), Fingerprint(both, 1));
    }

    [Fact]
    public async Task What_could_not_be_read_is_a_notification_of_a_failed_execution()
    {
        var run = await Sarif(Write("broken.yaml", "a: 1\nkind: [\n"), At("missing.yaml"));
        var invocation = run["invocations"]![0]!;
        Assert.False((bool)invocation["executionSuccessful"]!);
        var notes = invocation["toolExecutionNotifications"]!.AsArray();
        Assert.Equal(2, notes.Count);
        Assert.Single(notes, n => n!["locations"]![0]!["physicalLocation"]!["region"] is null);
        Assert.Single(notes, n => (string?)n!["message"]!["text"] == $"{At("missing.yaml")}: does not exist");
    }

    [Theory]
    [InlineData("/repo/k8s/a b.yaml", "k8s/a%20b.yaml")]
    [InlineData("/repo/k8s/100%#é.yaml", "k8s/100%25%23%C3%A9.yaml")]
    [InlineData("/repo/a:b/../c:d.yaml", "c%3Ad.yaml")]
    [InlineData("/repository/x.yaml", "file:///repository/x.yaml")]
    [InlineData("/repo/..x/y.yaml", "..x/y.yaml")]
    public void Paths_are_relative_to_the_root_and_percent_encoded(string file, string uri) => Assert.Equal(uri, new SourceRoot("/repo").UriOf(file));

    [Fact]
    public void The_root_is_that_of_the_repository()
    {
        Directory.CreateDirectory(At("repo/k8s/prod"));
        Assert.Equal("x.yaml", SourceRoot.Of(At("repo/k8s/prod")).PathOf(At("repo/k8s/prod/x.yaml")));
        Write("repo/.git", "gitdir: elsewhere");
        Assert.Equal("k8s/prod/x.yaml", SourceRoot.Of(At("repo/k8s/prod")).PathOf(At("repo/k8s/prod/x.yaml")));
        Assert.StartsWith("file:///", SourceRoot.Of(At("repo")).BaseUri, StringComparison.Ordinal);
        Assert.EndsWith("/repo/", SourceRoot.Of(At("repo")).BaseUri, StringComparison.Ordinal);
    }

    private async Task<JsonNode> Sarif(params string[] paths)
    {
        var log = (await Check([.. paths, "--output", "sarif"])).Json;
        SarifShape.AssertFits(log);
        return Assert.Single(log["runs"]!.AsArray())!;
    }

    private static string Fingerprint(JsonNode run, int result = 0) => (string)run["results"]![result]!["partialFingerprints"]!["admissionGuard/v1"]!;

    private static JsonNode Of(CheckReport report)
    {
        var text = new StringWriter();
        CheckSarif.Write(text, report, new FormatOptions(new SourceRoot(Repository.Root)));
        return JsonNode.Parse(text.ToString())!;
    }
}
