using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Tests.Commands;

/// <summary>The format that programs rely on: docs/ci.md#json, field by field.</summary>
public sealed class CheckJsonTests : CommandLine
{
    private static readonly string[] Fields =
    [
        "rule",
        "policy",
        "action",
        "originalAction",
        "because",
        "kind",
        "apiVersion",
        "namespace",
        "name",
        "path",
        "key",
        "found",
        "limit",
        "message",
        "remedy",
        "file",
        "line",
        "column",
        "fixable",
        "source",
        "known",
        "cluster",
        "owner",
    ];

    [Fact]
    public async Task Every_field_is_there_and_what_is_absent_is_null()
    {
        var file = Write("dr.yaml", Bad);
        var outcome = await Check(file, "--output", "json");
        Assert.Equal(1, outcome.Status);
        Assert.Equal("", outcome.Error);
        var report = outcome.Json.AsObject();
        Assert.Equal(["version", "findings", "summary", "errors"], report.Select(p => p.Key));
        Assert.Equal(1, (int)report["version"]!);
        var finding = Assert.Single(report["findings"]!.AsArray())!.AsObject();
        Assert.Equal(Fields, finding.Select(p => p.Key));
        Assert.Equal(Rule, (string?)finding["rule"]);
        Assert.Equal("test", (string?)finding["policy"]);
        Assert.Equal("deny", (string?)finding["action"]);
        Assert.Equal("deny", (string?)finding["originalAction"]);
        Assert.Null(finding["because"]);
        Assert.Equal("DestinationRule", (string?)finding["kind"]);
        Assert.Equal("networking.istio.io/v1", (string?)finding["apiVersion"]);
        Assert.Equal("shop", (string?)finding["namespace"]);
        Assert.Equal("api", (string?)finding["name"]);
        Assert.Equal("/spec/trafficPolicy/outlierDetection", (string?)finding["path"]);
        Assert.Equal("host", (string?)finding["key"]);
        Assert.Null(finding["found"]);
        Assert.Null(finding["limit"]);
        Assert.StartsWith("api.shop.svc.cluster.local has no outlier detection", (string)finding["message"]!, StringComparison.Ordinal);
        Assert.Contains("outlierDetection:\n", (string)finding["remedy"]!, StringComparison.Ordinal);
        Assert.Equal(file, (string?)finding["file"]);
        Assert.Equal(6, (int)finding["line"]!);
        Assert.Equal(1, (int)finding["column"]!);
        Assert.True((bool)finding["fixable"]!);
        Assert.Null(finding["source"]);
        Assert.False((bool)finding["known"]!);
        Assert.Equal("""{"documents":1,"reviewed":1,"deny":1,"warn":0,"audit":0,"fix":0,"known":0}""", report["summary"]!.ToJsonString());
        Assert.Equal("[]", report["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task A_value_that_was_found_and_its_limit_are_texts()
    {
        var file = Write("dr.yaml", Good.Replace("consecutive5xxErrors: 5", "consecutive5xxErrors: 0", StringComparison.Ordinal));
        var finding = Assert.Single((await Check(file, "--output", "json")).Json["findings"]!.AsArray())!;
        Assert.Equal("0", (string?)finding["found"]);
        Assert.StartsWith("1", (string)finding["limit"]!, StringComparison.Ordinal);
        Assert.False((bool)finding["fixable"]!);
    }

    [Fact]
    public async Task A_weaker_action_says_what_it_was_and_why()
    {
        var finding = (await Check(Write("new.yaml", Bad + "\n  exportTo: [\".\"]\n"), "--old", Write("old.yaml", Bad), "--output", "json")).Json[
            "findings"
        ]![0]!;
        Assert.Equal(("warn", "deny", "ratchet"), ((string?)finding["action"], (string?)finding["originalAction"], (string?)finding["because"]));
        finding = (await Check(At("new.yaml"), "--user", "system:serviceaccount:argo-rollouts:argo-rollouts", "--output", "json")).Json["findings"]![
            0
        ]!;
        Assert.Equal(("audit", "deny", "controller"), ((string?)finding["action"], (string?)finding["originalAction"], (string?)finding["because"]));
        var warn = Write(
            "warn.yaml",
            Policy("warn", $"- {{rule: {Rule}, action: deny}}").Replace("spec:", "spec:\n  mode: warn", StringComparison.Ordinal)
        );
        finding = (await Run(["check", At("new.yaml"), "--policy", warn, "--output", "json"])).Json["findings"]![0]!;
        Assert.Equal(("warn", "deny", "mode"), ((string?)finding["action"], (string?)finding["originalAction"], (string?)finding["because"]));
    }

    [Fact]
    public async Task Errors_have_a_line_or_null_and_the_findings_stand_beside_them()
    {
        var broken = Write("broken.yaml", "a: 1\nkind: [\n");
        var outcome = await Check(At("missing.yaml"), broken, Write("dr.yaml", Bad), "--output", "json");
        Assert.Equal(2, outcome.Status);
        var errors = outcome.Json["errors"]!.AsArray();
        Assert.Equal(2, errors.Count);
        Assert.All(errors, e => Assert.Equal(["file", "line", "message"], e!.AsObject().Select(p => p.Key)));
        Assert.Equal(
            $"{{\"file\":{JsonSerializer.Serialize(At("missing.yaml"))},\"line\":null,\"message\":\"does not exist\"}}",
            errors.Single(e => e!["line"] is null)!.ToJsonString()
        );
        Assert.True((int)errors.Single(e => e!["line"] is not null)!["line"]! >= 2);
        Assert.Single(outcome.Json["findings"]!.AsArray());
    }

    [Fact]
    public async Task Users_texts_stay_JSON()
    {
        var file = Write("dr.yaml", Bad.Replace("name: api", "name: \"a\\\"\\n\\u2028<é🚀\"", StringComparison.Ordinal));
        var outcome = await Check(file, "--output", "json");
        Assert.Equal("a\"\n\u2028<é🚀", (string?)outcome.Json["findings"]![0]!["name"]);
        Assert.IsType<JsonObject>(outcome.Json);
    }
}
