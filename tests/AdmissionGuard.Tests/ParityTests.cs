using System.Text.Json.Nodes;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Live;
using AdmissionGuard.Tests.Commands;
using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Live;
using AdmissionGuard.Tests.Server;

namespace AdmissionGuard.Tests;

/// <summary>
/// Whoever asks, and by whatever way, gets the same answer: the webhook over a live view, <c>check</c> of files, <c>audit</c> of a cluster, and
/// <c>simulate</c> of both.
/// </summary>
public sealed class ParityTests : CommandLine
{
    private static readonly IReadOnlyList<JsonObject> Objects = ParityObjects.Make(applications: 100);

    [Fact]
    public void The_objects_are_500_of_five_kinds_with_names_of_their_own()
    {
        Assert.Equal(500, Objects.Select(o => (KindOf(o), NameOf(o))).Distinct().Count());
        Assert.All(Objects.GroupBy(KindOf), g => Assert.Equal(100, g.Count()));
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("strict")]
    public async Task Check_finds_what_several_rules_look_for_and_leaves_the_good_alone(string profile)
    {
        var findings = await Checked(profile);
        Assert.True(findings.Select(f => f.Rule).Distinct().Count() >= 10, string.Join(", ", findings.Select(f => f.Rule).Distinct()));
        foreach (var action in (string[])["deny", "warn", "fix"])
            Assert.Contains(findings, f => f.Action == action);
        Assert.InRange(findings.Select(f => (f.Kind, f.Name)).Distinct().Count(), 50, 450);
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("strict")]
    public async Task Audit_of_a_cluster_finds_what_check_finds_in_its_manifests(string profile)
    {
        await using var cluster = await Cluster();
        var audit = await Run(["audit", "--profile", profile, "--kubeconfig", Kubeconfig(cluster), "--output", "json"]);
        Assert.Equal((1, ""), (audit.Status, audit.Error));
        Equal(await Checked(profile), audit.Json["findings"]!.AsArray().Select(f => Finding.Of(f!, f!)));
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("strict")]
    public async Task Simulate_of_manifests_refuses_and_warns_whom_check_does(string profile) =>
        Changes(await Checked(profile), await Run(["simulate", "--profile", profile, "--output", "json", Manifests()]));

    [Theory]
    [InlineData("baseline")]
    [InlineData("strict")]
    public async Task Simulate_of_a_cluster_refuses_and_warns_whom_check_does(string profile)
    {
        await using var cluster = await Cluster();
        Changes(await Checked(profile), await Run(["simulate", "--profile", profile, "--kubeconfig", Kubeconfig(cluster), "--output", "json"]));
    }

    /// <summary>As the API server asks: /mutate first, its patch applied, then /validate.</summary>
    [Theory]
    [InlineData("baseline")]
    [InlineData("strict")]
    public async Task The_webhook_repairs_and_judges_as_check_does(string profile)
    {
        await using var following = Following.Of(await Cluster(), GuardPolicy.Of(profile == "strict" ? Profile.Strict : Profile.Baseline));
        await following.Until(live => live.State.IsReady);
        var (log, causes) = (At("decisions.jsonl"), new List<string>());
        await using (var decisions = DecisionLog.At(log, withObjects: false, TextWriter.Null))
        await using (
            var server = await RunningServer.Start(judge: review => Evaluator.Evaluate(review, following.Live.Cluster), decisions: decisions)
        )
        {
            var client = server.Client();
            foreach (var root in Objects)
            {
                var wanted = root.DeepClone().AsObject();
                Patch(wanted, await Ask(client, "/mutate", wanted));
                var response = await Ask(client, "/validate", wanted);
                causes.AddRange(
                    (response["status"]?["details"]?["causes"]?.AsArray() ?? [])
                        .Where(c => !IsOfChange((string?)c!["reason"]))
                        .Select(c => $"{KindOf(root)}|{NameOf(root)}|{c!["reason"]}|{c["message"]}")
                );
            }
        }

        var expected = await Checked(profile);
        var logged = File.ReadLines(log)
            .Select(l => JsonNode.Parse(l)!)
            .SelectMany(d =>
                d["findings"]!
                    .AsArray()
                    .Where(f => ((string?)f!["action"] == "fix") == ((string?)d["endpoint"] == "mutate") && !IsOfChange((string?)f["rule"]))
                    .Select(f => Finding.Of(f!, d))
            );
        // the log has no messages, the denial has
        Equal(expected.Select(f => f with { Message = "" }), logged);
        var denials = expected.Where(f => f.Action == "deny");
        Equal(denials.Select(f => $"{f.Kind}|{f.Name}|{f.Rule}|{FormatSafe.For(Actor.GitOps, Core.Json.Shown.Clip(f.Message, 400))}"), causes);
    }

    /// <summary>The webhook knows that an object is new, <c>check</c> without <c>--old</c> does not: these rules judge what is new.</summary>
    private static bool IsOfChange(string? rule) => rule is "virtual-service-weight-increase" or "route-lost-requests";

    private async Task<IReadOnlyList<Finding>> Checked(string profile)
    {
        var check = await Run(["check", "--profile", profile, "--output", "json", Manifests()]);
        Assert.Equal((1, ""), (check.Status, check.Error));
        return [.. check.Json["findings"]!.AsArray().Select(f => Finding.Of(f!, f!))];
    }

    /// <summary>A change has the findings that make it: the denials of who is refused, the warnings of who is not.</summary>
    private static void Changes(IReadOnlyList<Finding> expected, Outcome simulation)
    {
        Assert.Equal((1, ""), (simulation.Status, simulation.Error));
        var refused = expected.Where(f => f.Action == "deny").Select(f => (f.Kind, f.Name)).ToHashSet();
        var changes = simulation.Json["changes"]!.AsArray();
        Equal(expected.Where(f => f.Action == "deny"), Of("refused"));
        Equal(expected.Where(f => f.Action == "warn" && !refused.Contains((f.Kind, f.Name))), Of("warned"));

        IEnumerable<Finding> Of(string change) =>
            changes.Where(c => (string?)c!["change"] == change).SelectMany(c => c!["findings"]!.AsArray().Select(f => Finding.Of(f!, c)));
    }

    private static void Equal<T>(IEnumerable<T> expected, IEnumerable<T> actual) =>
        Assert.Equal(
            string.Join('\n', expected.Select(e => e!.ToString()).Order(StringComparer.Ordinal)),
            string.Join('\n', actual.Select(a => a!.ToString()).Order(StringComparer.Ordinal))
        );

    private static async Task<JsonObject> Ask(HttpClient client, string path, JsonObject root)
    {
        var version = ((string)root["apiVersion"]!).Split('/');
        var review = new JsonObject
        {
            ["apiVersion"] = "admission.k8s.io/v1",
            ["kind"] = "AdmissionReview",
            ["request"] = new JsonObject
            {
                ["uid"] = NameOf(root),
                ["kind"] = new JsonObject
                {
                    ["group"] = version.Length > 1 ? version[0] : "",
                    ["version"] = version[^1],
                    ["kind"] = KindOf(root),
                },
                ["namespace"] = (string?)root["metadata"]!["namespace"],
                ["name"] = NameOf(root),
                ["operation"] = "CREATE",
                ["userInfo"] = new JsonObject { ["username"] = Actor.GitOps.User },
                ["object"] = root.DeepClone(),
            },
        };
        return await RunningServer.Response(await client.PostAsync(path, RunningServer.Body(review.ToJsonString()), RunningServer.Stop));
    }

    private static void Patch(JsonObject root, JsonObject response)
    {
        if ((string?)response["patch"] is not { } patch)
            return;
        foreach (var addition in JsonNode.Parse(Convert.FromBase64String(patch))!.AsArray())
        {
            var steps = ((string)addition!["path"]!)
                .Split('/')
                .Skip(1)
                .Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
                .ToList();
            JsonNode place = root;
            foreach (var step in steps[..^1])
                place = (place is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : place[step])!;
            place[steps[^1]] = addition["value"]!.DeepClone();
        }
    }

    private string Manifests() => Write("manifests.yaml", string.Join("\n---\n", Objects.Select(o => o.ToJsonString())));

    private static async Task<FakeApi> Cluster()
    {
        var server = await FakeApi.Serving([
            .. Following.All,
            .. Catalogue.Rules.SelectMany(r => r.Kinds.Concat(r.Reads)).Distinct().Select(k => WatchedKind.Of(k).Versions[0].Path(null)),
        ]);
        foreach (var root in Objects)
            server.Put(WatchedKind.Of(ObjectKind.Of((string)root["apiVersion"]!, KindOf(root))!).Versions[0].Path(null), root.ToJsonString());
        return server;
    }

    private string Kubeconfig(FakeApi server) =>
        Write(
            "kubeconfig",
            $$"""
            apiVersion: v1
            kind: Config
            current-context: one
            clusters: [{name: one, cluster: {server: "{{server.Server}}" } }]
            contexts: [{name: one, context: {cluster: one} }]
            """
        );

    private static string KindOf(JsonObject root) => (string)root["kind"]!;

    private static string NameOf(JsonObject root) => (string)root["metadata"]!["name"]!;

    private sealed record Finding(string Rule, string Action, string Kind, string Namespace, string Name, string Path, string Message)
    {
        /// <param name="of">What says whose finding it is.</param>
        public static Finding Of(JsonNode json, JsonNode of) =>
            new(
                (string)json["rule"]!,
                (string)json["action"]!,
                (string)of["kind"]!,
                (string)of["namespace"]!,
                (string)of["name"]!,
                (string)json["path"]!,
                (string?)json["message"] ?? ""
            );

        public override string ToString() => string.Join('|', Rule, Action, Kind, Namespace, Name, Path, Message);
    }
}
