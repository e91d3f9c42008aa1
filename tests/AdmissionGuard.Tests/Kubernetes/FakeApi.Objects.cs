using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>
/// Objects by their path: lists by label, watches, get, create, merge patch, apply, status, delete, with resourceVersions and their conflicts.
/// Objects come back as Go writes them: keys in order, texts not escaped.
/// </summary>
internal sealed partial class FakeApi
{
    private sealed record Happened(int Version, string Collection, string Line);

    private static readonly JsonSerializerOptions AsGo = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, JsonObject> stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> failing = new(StringComparer.Ordinal);
    private readonly HashSet<string> forbidden = new(StringComparer.Ordinal);
    private readonly List<Happened> events = [];
    private readonly List<(string Name, JsonNode Status)> statuses = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<string>? served;
    private int version;

    /// <summary>Asked before a write is done, by method and path; what it returns is answered: nothing to let it pass.</summary>
    public Func<string, string, int?> Before { get; set; } = (_, _) => null;

    /// <summary>The cause and the words of what <see cref="Before"/> refuses, as a Status has them.</summary>
    public (string Cause, string Message) Because { get; set; } = ("", "refused");

    /// <summary>Asked after a write is done: what it returns is answered although the write stands.</summary>
    public Func<string, string, int?> After { get; set; } = (_, _) => null;

    /// <summary>Method and path of each write that was done.</summary>
    public ConcurrentQueue<string> Writes { get; } = [];

    /// <summary>Of every write of a status, what it said.</summary>
    public IReadOnlyList<(string Name, JsonNode Status)> Statuses
    {
        get
        {
            lock (gate)
                return [.. statuses];
        }
    }

    /// <summary>By path.</summary>
    public IReadOnlyDictionary<string, JsonObject> Stored
    {
        get
        {
            lock (gate)
                return stored.ToDictionary(s => s.Key, s => s.Value.DeepClone().AsObject());
        }
    }

    /// <summary>Stores objects of every kind.</summary>
    public static async Task<FakeApi> Storing()
    {
        var api = new FakeApi([]);
        api.script = [.. Enumerable.Repeat<Func<HttpContext, Task>>(api.AnswerStored, 100_000)];
        await api.app.StartAsync(Stop);
        return api;
    }

    /// <summary>Stores objects of these collections, such as <c>api/v1/namespaces</c>; others are not served.</summary>
    public static async Task<FakeApi> Serving(params IEnumerable<string> collections)
    {
        var api = await Storing();
        api.served = new HashSet<string>(collections, StringComparer.Ordinal);
        return api;
    }

    public void Serve(params string[] collections) => Change(() => served!.UnionWith(collections));

    /// <summary>Every watch of it ends, and nothing of it is answered any more.</summary>
    public void Fail(string collection) => Change(() => failing.Add(collection));

    public void Mend(string collection) => Change(() => failing.Remove(collection));

    /// <summary>Nobody may list it.</summary>
    public void Forbid(string collection) => Change(() => forbidden.Add(collection));

    /// <summary>
    /// The object as JSON, single quotes allowed, by its path or into its collection; a spec that is another makes a new generation.
    /// </summary>
    public void Put(string path, string json) =>
        Change(() =>
        {
            var root = JsonNode.Parse(json.Replace('\'', '"'))!.AsObject();
            var metadata = Metadata(root);
            var place = Place.Of(path);
            if (place.Name is null)
                path = place.Of((string?)metadata["namespace"], (string)metadata["name"]!);
            var old = stored.GetValueOrDefault(path.Trim('/'));
            var generation = (int?)old?["metadata"]!["generation"] ?? 0;
            metadata["generation"] = JsonNode.DeepEquals(old?["spec"], root["spec"]) && old is not null ? generation : generation + 1;
            metadata["uid"] = (string?)old?["metadata"]!["uid"] ?? (string?)metadata["uid"] ?? Guid.NewGuid().ToString();
            if (old?["status"] is { } status && root["status"] is null)
                root["status"] = status.DeepClone();
            Store(path, root);
        });

    public JsonObject? Get(string path)
    {
        lock (gate)
            return stored.GetValueOrDefault(path.Trim('/'))?.DeepClone().AsObject();
    }

    /// <summary>An edit by hand.</summary>
    public void Edit(string path, Action<JsonObject> edit) =>
        Change(() =>
        {
            if (stored.GetValueOrDefault(path.Trim('/')) is not { } found)
                return;
            edit(found);
            Store(path, found);
        });

    public void Delete(string path) => Change(() => Remove(path));

    public void Delete(string collection, string name) =>
        Change(() => Remove(stored.Keys.Single(k => Place.Of(k) is var at && at.Collection == collection && at.Name == name)));

    private static JsonObject Metadata(JsonObject root)
    {
        if (root["metadata"] is not JsonObject metadata)
            root["metadata"] = metadata = [];
        return metadata;
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            var before = changed;
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            before.SetResult();
        }
    }

    private void Store(string path, JsonObject root)
    {
        path = path.Trim('/');
        Tell(path, root, stored.ContainsKey(path) ? "MODIFIED" : "ADDED");
        stored[path] = root;
    }

    private bool Remove(string path)
    {
        if (!stored.Remove(path.Trim('/'), out var old))
            return false;
        Tell(path, old, "DELETED");
        return true;
    }

    private void Tell(string path, JsonObject root, string type)
    {
        Metadata(root)["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        var line = $"{{\"type\":\"{type}\",\"object\":{root.ToJsonString(AsGo)}}}\n";
        events.Add(new Happened(version, Place.Of(path).Collection, line));
    }

    private async Task AnswerStored(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(Stop);
        var (status, answer) = (0, "");
        Change(() => (status, answer) = Do(request, body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject()));
        context.Response.StatusCode = status;
        if (status == 200 && request.Query.ContainsKey("watch"))
            await Watch(context);
        else
            await context.Response.WriteAsync(answer, Stop);
    }

    private async Task Watch(HttpContext context)
    {
        var collection = Place.Of(context.Request.Path).Collection;
        var since = int.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture);
        await context.Response.StartAsync(context.RequestAborted);
        while (true)
        {
            Task next;
            List<Happened> news;
            lock (gate)
            {
                if (failing.Contains(collection) || closed.Task.IsCompleted)
                    return;
                next = changed.Task;
                news = [.. events.Where(e => e.Collection == collection && e.Version > since)];
                since = version;
            }
            foreach (var each in news)
                await context.Response.WriteAsync(each.Line, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await next.WaitAsync(context.RequestAborted);
        }
    }
}
