using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace AdmissionGuard.Tests.Reports;

/// <summary>
/// An API server that stores reports, as far as the writer asks: what is served, lists by label, apply, delete. Objects come back as Go writes them:
/// keys in order, texts not escaped.
/// </summary>
internal sealed class ReportStore : IAsyncDisposable
{
    public const string Open = "openreports.io/v1alpha1";
    public const string Policies = "wgpolicyk8s.io/v1alpha2";

    private static readonly JsonSerializerOptions AsGo = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string[]> Plurals = new(StringComparer.Ordinal)
    {
        [Open] = ["reports", "clusterreports"],
        [Policies] = ["policyreports", "clusterpolicyreports"],
    };

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, JsonObject> stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> served = [];
    private FakeApi api = null!;
    private int version;

    /// <summary>Method and path of each write that was done.</summary>
    public ConcurrentQueue<string> Writes { get; } = [];

    /// <summary>Asked before a write is done: a status to answer instead.</summary>
    public Func<string, int?> Before { get; set; } = _ => null;

    /// <summary>The cause and the words of such an answer, as a Status has them.</summary>
    public (string Cause, string Message) Because { get; set; } = ("", "refused");

    /// <summary>By path, below the version: <c>namespaces/shop/policyreports/admissionguard</c>.</summary>
    public IReadOnlyDictionary<string, JsonObject> Stored
    {
        get
        {
            lock (gate)
                return stored.ToDictionary(
                    s => s.Key[(s.Key.IndexOf("/v1alpha", StringComparison.Ordinal) + 10)..],
                    s => s.Value.DeepClone().AsObject()
                );
        }
    }

    public static async Task<ReportStore> Start(params string[] groups)
    {
        var store = new ReportStore();
        store.served.UnionWith(groups);
        store.api = await FakeApi.Always(store.Answer);
        return store;
    }

    public ApiServer Connect() => api.Connect();

    public void Serve(string group)
    {
        lock (gate)
            served.Add(group);
    }

    /// <summary>By somebody else.</summary>
    public void Edit(string path, Action<JsonObject>? edit)
    {
        lock (gate)
        {
            var key = stored.Keys.Single(k => k.EndsWith(path, StringComparison.Ordinal));
            if (edit is null)
                stored.Remove(key);
            else
                edit(stored[key]);
            if (edit is not null)
                stored[key]["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        }
    }

    public ValueTask DisposeAsync() => api.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value!["/apis/".Length..];
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(FakeApi.Stop);
        var (status, answer) = Do(context.Request.Method, path, context.Request.Query, body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject());
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(answer, FakeApi.Stop);
    }

    private (int Status, string Body) Do(string method, string path, IQueryCollection query, JsonObject body)
    {
        lock (gate)
        {
            var group = string.Join('/', path.Split('/').Take(2));
            if (!served.Contains(group))
                return Failed(404);
            if (method == "GET" && path == group)
                return (200, $"{{\"resources\":[{string.Join(',', Plurals[group].Select(p => $"{{\"name\":\"{p}\"}}"))}]}}");
            if (method == "GET")
            {
                Assert.Equal("app.kubernetes.io/managed-by=admissionguard", query["labelSelector"]);
                var plural = "/" + path.Split('/')[^1] + "/";
                var listed = stored
                    .Where(s => s.Key.Contains(plural, StringComparison.Ordinal) && s.Key.StartsWith(group, StringComparison.Ordinal))
                    .Select(s => s.Value.ToJsonString(AsGo));
                return (
                    200,
                    $"{{\"kind\":\"List\",\"metadata\":{{\"resourceVersion\":\"{version}\"}}," + $"\"items\":[{string.Join(',', listed)}]}}"
                );
            }
            if (Before($"{method} {path}") is { } refused)
                return (refused, Status(refused, Because.Cause, Because.Message));
            var held = stored.GetValueOrDefault(path);
            var asked = (string?)(body["preconditions"]?["resourceVersion"] ?? body["metadata"]?["resourceVersion"]);
            if (method == "DELETE" && held is null)
                return Failed(404);
            if (asked is not null && asked != (string?)held?["metadata"]!["resourceVersion"])
                return Failed(409);
            Writes.Enqueue($"{method} {path}");
            if (method == "DELETE")
            {
                stored.Remove(path);
                return (200, "{\"kind\":\"Status\"}");
            }
            Assert.Equal("true", query["force"]);
            body["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
            stored[path] = Sorted(body).AsObject();
            return (200, stored[path].ToJsonString(AsGo));
        }
    }

    private static JsonNode Sorted(JsonNode node) =>
        node switch
        {
            JsonObject map => new JsonObject(
                map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Sorted(p.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(i => Sorted(i!))]),
            _ => node.DeepClone(),
        };

    private static (int Status, string Body) Failed(int status) => (status, Status(status, cause: "", "refused"));

    private static string Status(int code, string cause, string message) =>
        $$$"""{"kind":"Status","code":{{{code}}},"message":"{{{message}}}","details":{"causes":[{"reason":"{{{cause}}}","message":"said"}]}}""";
}
