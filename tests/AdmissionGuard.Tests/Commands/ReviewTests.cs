using System.Text.Json.Nodes;
using AdmissionGuard.Tests.Server;

namespace AdmissionGuard.Tests.Commands;

public sealed class ReviewTests : CommandLine
{
    private static readonly string Denied = RunningServer.Review(RunningServer.Bad, uid: "denied");

    private static readonly string Allowed = RunningServer.Review(RunningServer.Good, uid: "allowed");

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task One_review_is_answered_as_the_server_would(bool good, int status)
    {
        var indented = JsonNode.Parse(good ? Allowed : Denied)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
        var outcome = await Review(Write("review.json", indented));
        Assert.Equal(status, outcome.Status);
        Assert.Equal(good, (bool)outcome.Json["response"]!["allowed"]!);
        Assert.Single(outcome.Out.TrimEnd('\n').Split('\n'));
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public async Task One_a_line_is_answered_line_by_line()
    {
        var outcome = await Run(["review", "--policy", PolicyFile, "-"], input: $"\uFEFF{Allowed}\r\n\n{Denied}\n{Allowed}");
        Assert.Equal(1, outcome.Status);
        Assert.Equal(["allowed", "denied", "allowed"], Uids(outcome));
    }

    public static TheoryData<string> BrokenLines =>
        ["{\"kind\":", "{]", "not JSON", "\"text\"", "{\"kind\":\"AdmissionReview\"}", "{\"a\":\"\\ud800\"}", Allowed[..100]];

    [Theory]
    [MemberData(nameof(BrokenLines))]
    public async Task A_broken_line_costs_itself_and_no_other(string broken)
    {
        var outcome = await Review(Write("reviews.jsonl", $"{Allowed}\n{broken}\n{Denied}\n{Allowed}\n"));
        Assert.Equal(2, outcome.Status);
        Assert.Equal(["allowed", "denied", "allowed"], Uids(outcome));
        Assert.StartsWith(At("reviews.jsonl") + ":2: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Indented_reviews_one_after_the_other_are_read_and_a_broken_one_between_them_is_told()
    {
        var indented = JsonNode.Parse(Denied)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
        var lines = indented.Split('\n').Length;
        var outcome = await Review(Write("reviews.json", $"{indented}\n{indented[..^20]}\n{indented}\n"));
        Assert.Equal(2, outcome.Status);
        Assert.Equal(["denied", "denied"], Uids(outcome));
        var error = Assert.Single(outcome.ErrorLines);
        var line = int.Parse(error.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(line, lines + 1, 2 * lines);
    }

    [Fact]
    public async Task Mutate_answers_with_the_patch()
    {
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Rule}, fix: true}}"));
        var outcome = await Run(["review", "--policy", policy, "--endpoint", "mutate", "-"], input: Denied);
        Assert.Equal(0, outcome.Status);
        Assert.Equal("JSONPatch", (string?)outcome.Json["response"]!["patchType"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public async Task Nothing_is_an_error(string input)
    {
        var outcome = await Run(["review", "--policy", PolicyFile, "-"], input);
        Assert.Equal((2, "", "-:1: holds no AdmissionReview\n"), (outcome.Status, outcome.Out, outcome.Error));
    }

    [Fact]
    public async Task A_missing_file_is_one_line()
    {
        var outcome = await Review(At("none.json"));
        Assert.Equal((2, $"{At("none.json")}: does not exist\n"), (outcome.Status, outcome.Error));
    }

    private Task<Outcome> Review(string file) => Run(["review", "--policy", PolicyFile, file]);

    private static IEnumerable<string?> Uids(Outcome outcome) =>
        outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (string?)JsonNode.Parse(l)!["response"]!["uid"]);
}
