using System.IO.Compression;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

/// <summary>A line of <c>tests/oracle/live/requests.jsonl.gz</c>: what somebody asked a real API server for.</summary>
internal sealed record RecordedRequest(string Scenario, JsonNode Request)
{
    /// <summary>What the API server gives each object itself.</summary>
    private static readonly string[] Given =
    [
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "generation",
        "managedFields",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        // what holds it back when it is deleted: nobody takes it off here
        "finalizers",
    ];

    public string Operation => (string)Request["operation"]!;

    public string Kind => (string)Request["kind"]!["kind"]!;

    public string User => (string)Request["userInfo"]!["username"]!;

    public string? Name => (string?)(Object ?? OldObject)?["metadata"]?["name"];

    public bool IsOfWholeObject => Request["subResource"] is null && Name is not null;

    public JsonNode? Object => Bare(Request["object"]);

    public JsonNode? OldObject => Bare(Request["oldObject"]);

    /// <summary>Of all objects of its kind in the namespace.</summary>
    public string Path
    {
        get
        {
            var resource = Request["resource"]!;
            return $"/apis/{resource["group"]}/{resource["version"]}/namespaces/{Scenario}/{resource["resource"]}";
        }
    }

    public static IEnumerable<RecordedRequest> Read()
    {
        using var file = File.OpenRead(System.IO.Path.Combine(Repository.Root, "tests", "oracle", "live", "requests.jsonl.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            var record = JsonNode.Parse(line)!;
            yield return new RecordedRequest((string)record["scenario"]!, record["review"]!["request"]!);
        }
    }

    private static JsonObject? Bare(JsonNode? recorded)
    {
        if (recorded?.DeepClone() is not JsonObject copy)
            return null;
        foreach (var key in Given)
            copy["metadata"]!.AsObject().Remove(key);
        return copy;
    }
}
