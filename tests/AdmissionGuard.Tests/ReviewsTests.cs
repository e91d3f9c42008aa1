using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Tests;

/// <summary>
/// <c>tests/reviews/NAME/</c>: a request as an API server sends it, and both answers. Judged by destination-rule-outlier-detection alone, or as
/// <c>policy.yaml</c> says.
/// What is encoded on the wire stands decoded under <c>shown</c>.
/// </summary>
[Trait(Repository.Writes, Repository.Golden)]
public sealed class ReviewsTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Folder => Path.Combine(Repository.Root, "tests", "reviews");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateDirectories(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Validate_answers_what_is_expected(string name) => Compare(name, Webhook.Validate, "validate.json");

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutate_answers_what_is_expected(string name) => Compare(name, Webhook.Mutate, "mutate.json");

    [Theory]
    [MemberData(nameof(Names))]
    public void The_validating_webhook_never_patches_and_the_mutating_one_never_denies(string name)
    {
        var validated = Response(name, Webhook.Validate);
        var mutated = Response(name, Webhook.Mutate);
        Assert.Null(validated["patch"]);
        Assert.Null(validated["patchType"]);
        Assert.True((bool)mutated["allowed"]!);
        Assert.Equal(mutated["patch"] is null, mutated["patchType"] is null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_user_wrote_forges_no_line(string name)
    {
        foreach (var endpoint in Enum.GetValues<Webhook>())
        {
            var response = Response(name, endpoint);
            foreach (var line in Lines(response))
                Assert.DoesNotContain(line, char.IsControl);
            Assert.All(Lines(response), line => Assert.True(line.Length < 1000, line));
            Assert.DoesNotContain(Lines(response), line => line.TrimStart().StartsWith("forged", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Lines(JsonNode response) =>
        [.. ((string?)response["status"]?["message"] ?? "").Split('\n'), .. response["warnings"]?.AsArray().Select(w => (string)w!) ?? []];

    private static void Compare(string name, Webhook endpoint, string file)
    {
        var response = Response(name, endpoint);
        var document = new JsonObject { ["response"] = response };
        if (Shown(response) is { Count: > 0 } shown)
            document["shown"] = shown;
        var text = document.ToJsonString(Readable) + "\n";
        var expected = Path.Combine(Folder, name, file);
        if (Repository.UpdatesGolden)
            File.WriteAllText(expected, text);
        Assert.True(File.Exists(expected), $"{expected} is missing: UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(expected), text);
    }

    private static JsonObject Shown(JsonObject response)
    {
        var shown = new JsonObject();
        if ((string?)response["patch"] is { } patch)
            shown["patch"] = JsonNode.Parse(Convert.FromBase64String(patch));
        if ((string?)response["status"]?["message"] is { } message)
            shown["message"] = new JsonArray([.. message.Split('\n').Select(l => (JsonNode)l)]);
        return shown;
    }

    private static JsonObject Response(string name, Webhook endpoint)
    {
        using var body = JsonBody.Parse(File.ReadAllBytes(Path.Combine(Folder, name, "request.json")));
        var request = AdmissionReview.Read(body.Root, endpoint, Judge.Now, out var error);
        Assert.True(request is not null, error);
        var verdict = Evaluator.Evaluate(request.Review, World(name));
        Assert.Empty(verdict.Failures);
        var answer = new ArrayBufferWriter<byte>();
        AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
        var document = JsonNode.Parse(answer.WrittenSpan)!.AsObject();
        Assert.Equal("admission.k8s.io/v1", (string?)document["apiVersion"]);
        Assert.Equal("AdmissionReview", (string?)document["kind"]);
        var response = document["response"]!.AsObject();
        document.Remove("response");
        return response;
    }

    private static Cluster World(string name)
    {
        var file = Path.Combine(Folder, name, "policy.yaml");
        var set = PolicyFiles.Read(File.Exists(file) ? [file] : [], [], Stream.Null, Judge.Now);
        Assert.Empty(set.Errors);
        return set.Policies.Count == 0 ? set.Cluster.With([Judge.Policy("destination-rule-outlier-detection")]) : set.Cluster;
    }
}
