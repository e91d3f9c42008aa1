using System.Text;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;

namespace AdmissionGuard.Tests.Commands;

/// <summary><c>simulate</c>: what would become of requests.</summary>
public sealed class SimulateTests : CommandLine
{
    private static readonly string Wanted = Policy("wanted", $"- {{rule: {Rule}, action: deny}}");

    [Fact]
    public async Task Over_manifests_it_says_who_would_newly_be_refused()
    {
        var (policy, bad, good) = (Write("wanted.yaml", Wanted), Write("bad.yaml", Bad), Write("good.yaml", Named("web", Good)));
        var outcome = await Run(["simulate", "--policy", policy, bad, good]);
        Assert.Equal((1, ""), (outcome.Status, outcome.Error));
        Assert.StartsWith(
            $"newly refused (1)\n  {bad}: DestinationRule shop/api\n    {Rule}  spec.trafficPolicy.outlierDetection\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.EndsWith("2 judged: 1 newly refused, 0 newly warned, 0 newly repaired, 0 freed, 1 as now\n", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await Run(["simulate", "--policy", policy, "--fail-on", "never", bad])).Status);
    }

    [Theory]
    [InlineData("deny", "deny", "none", 0)]
    [InlineData("deny", "warn", "freed", 0)]
    [InlineData("warn", "deny", "refused", 1)]
    [InlineData("warn", "audit", "none", 0)]
    [InlineData("audit", "warn", "warned", 0)]
    public async Task What_changes_is_told_and_only_a_refusal_fails(string now, string then, string change, int status)
    {
        var (current, wanted) = (
            Write("now.yaml", Policy("now", $"- {{rule: {Rule}, action: {now}}}")),
            Write("then.yaml", Policy("then", $"- {{rule: {Rule}, action: {then}}}"))
        );
        var outcome = await Run(["simulate", "--policy", wanted, "--current", current, Write("bad.yaml", Bad), "--output", "json"]);
        Assert.Equal(status, outcome.Status);
        Assert.Equal(change == "none" ? [] : [change], outcome.Json["changes"]!.AsArray().Select(c => (string?)c!["change"]));
        Assert.Equal(
            change == "warned" ? 1 : status,
            (await Run(["simulate", "--policy", wanted, "--current", current, Write("bad.yaml", Bad), "--fail-on", "warned"])).Status
        );
    }

    [Fact]
    public async Task A_decision_log_is_judged_again_as_the_requests_came()
    {
        var stored =
            "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop'},'spec':{'host':'api'}}";
        var log = Write(
            "decisions.jsonl",
            Line("1", stored, old: null)
                + Line("2", stored.Replace("}}", ",'exportTo':['*']}}", StringComparison.Ordinal), stored)
                + Line("3", stored, old: null, withObjects: false)
        );
        var outcome = await Run(["simulate", "--policy", Write("wanted.yaml", Wanted), "--log", log]);
        Assert.Equal((1, "1 decisions were logged without their objects and cannot be judged again\n"), (outcome.Status, outcome.Error));
        Assert.Contains($"newly refused (1)\n  {log}:1: DestinationRule shop/api\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"newly warned (1)\n  {log}:2: DestinationRule shop/api\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_line_of_a_log_is_an_error_with_its_number_and_the_rest_is_judged()
    {
        var stored =
            "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop'},'spec':{'host':'api'}}";
        var log = Write("decisions.jsonl", Line("1", stored, old: null) + "{\"version\":1,\"endpo");
        var outcome = await Run(["simulate", "--policy", Write("wanted.yaml", Wanted), "--log", log]);
        Assert.Equal(2, outcome.Status);
        Assert.StartsWith($"{log}:2:1: no JSON: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("newly refused (1)", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_must_be_said_what_is_simulated() =>
        Assert.Equal(
            (2, "--policy or --profile is missing: what shall be simulated?\n"),
            ((await Run(["simulate", "."])).Status, (await Run(["simulate", "."])).Error)
        );

    /// <summary>As the server wrote it while nothing was in force.</summary>
    private static string Line(string uid, string json, string? old, bool withObjects = true)
    {
        var review = Judge.Review(json, old, stage: Stage.Validate);
        return Encoding.UTF8.GetString(
            DecisionLine.Write(uid, Evaluator.Evaluate(review, Cluster.Empty), Webhook.Validate, TimeSpan.FromMicroseconds(7), withObjects)
        );
    }
}
