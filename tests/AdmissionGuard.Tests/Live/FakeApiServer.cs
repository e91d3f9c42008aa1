using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdmissionGuard.Tests.Live;

/// <summary>Collections of objects over HTTP, with lists, watches and status by apply, as far as the live view asks.</summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private sealed record Event(int Version, string Collection, string Line);

    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Collection, string Key), JsonObject> stored = [];
    private readonly HashSet<string> served = new(StringComparer.Ordinal);
    private readonly HashSet<string> failing = new(StringComparer.Ordinal);
    private readonly HashSet<string> forbidden = new(StringComparer.Ordinal);
    private readonly List<Event> events = [];
    private readonly List<(string Name, JsonNode Status)> statuses = [];
    private readonly WebApplication app;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int version;

    private FakeApiServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1));
        app = builder.Build();
        app.Run(Handle);
    }

    public Connection Connection => new(new Uri(app.Urls.First() + "/"), FixedCredential.None);

    /// <summary>Of every write, what it said.</summary>
    public IReadOnlyList<(string Name, JsonNode Status)> Statuses
    {
        get
        {
            lock (gate)
                return [.. statuses];
        }
    }

    public static async Task<FakeApiServer> Start(params string[] collections)
    {
        var server = new FakeApiServer();
        foreach (var collection in collections)
            server.Serve(collection);
        await server.app.StartAsync(RunningServer.Stop);
        return server;
    }

    public void Serve(string collection)
    {
        lock (gate)
            served.Add(collection);
    }

    /// <summary>Every watch of it ends, and nothing of it is answered any more.</summary>
    public void Fail(string collection) => Change(() => failing.Add(collection));

    /// <summary>Nobody may list it.</summary>
    public void Forbid(string collection)
    {
        lock (gate)
            forbidden.Add(collection);
    }

    public void Mend(string collection)
    {
        lock (gate)
            failing.Remove(collection);
    }

    /// <summary>The object as JSON, single quotes allowed; a spec that is another makes a new generation.</summary>
    public void Put(string collection, string json)
    {
        var root = JsonNode.Parse(json.Replace('\'', '"'))!.AsObject();
        Change(() =>
        {
            var key = (collection, KeyOf(root));
            var old = stored.GetValueOrDefault(key);
            var metadata = root["metadata"]!.AsObject();
            var generation = (int?)old?["metadata"]!["generation"] ?? 0;
            metadata["generation"] = JsonNode.DeepEquals(old?["spec"], root["spec"]) && old is not null ? generation : generation + 1;
            metadata["uid"] = (string?)old?["metadata"]!["uid"] ?? Guid.NewGuid().ToString();
            root["status"] ??= old?["status"]?.DeepClone();
            Store(collection, root, old is null ? "ADDED" : "MODIFIED");
        });
    }

    public void Delete(string collection, string name) =>
        Change(() =>
        {
            stored.Remove((collection, name), out var old);
            events.Add(new Event(++version, collection, $"{{\"type\":\"DELETED\",\"object\":{Stamped(old!).ToJsonString()}}}\n"));
        });

    public async ValueTask DisposeAsync()
    {
        Change(() => failing.UnionWith(served));
        await app.DisposeAsync();
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

    private void Store(string collection, JsonObject root, string type)
    {
        ++version;
        stored[(collection, KeyOf(root))] = Stamped(root);
        events.Add(new Event(version, collection, $"{{\"type\":\"{type}\",\"object\":{root.ToJsonString()}}}\n"));
    }

    private JsonObject Stamped(JsonObject root)
    {
        root["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return root;
    }

    private static string KeyOf(JsonObject root) => (string)root["metadata"]!["name"]!;

    private async Task Handle(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        if (HttpMethods.IsPatch(context.Request.Method))
        {
            await ApplyStatus(context, path.Split('/'));
            return;
        }
        string? list = null;
        lock (gate)
        {
            context.Response.StatusCode =
                forbidden.Contains(path) ? 403
                : failing.Contains(path) ? 500
                : served.Contains(path) ? 200
                : 404;
            if (context.Response.StatusCode == 200 && !context.Request.Query.ContainsKey("watch"))
            {
                list =
                    $"{{\"kind\":\"AnyList\",\"metadata\":{{\"resourceVersion\":\"{version}\"}},\"items\":[{string.Join(',', stored.Where(s => s.Key.Collection == path).Select(s => s.Value.ToJsonString()))}]}}";
            }
        }
        if (list is not null)
            await context.Response.WriteAsync(list, context.RequestAborted);
        else if (context.Response.StatusCode == 200)
            await Watch(context, path, int.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture));
    }

    private async Task Watch(HttpContext context, string collection, int since)
    {
        await context.Response.StartAsync(context.RequestAborted);
        while (true)
        {
            Task next;
            List<Event> news;
            lock (gate)
            {
                if (failing.Contains(collection))
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

    /// <summary>Only of the version that the writer saw.</summary>
    private async Task ApplyStatus(HttpContext context, string[] path)
    {
        Assert.Equal("status", path[^1]);
        Assert.Equal("admissionguard", context.Request.Query["fieldManager"]);
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var (collection, name) = (string.Join('/', path[..^2]), path[^2]);
        var answer = "{}";
        Change(() =>
        {
            if (!stored.TryGetValue((collection, name), out var root))
                context.Response.StatusCode = 404;
            else if ((string?)body["metadata"]!["resourceVersion"] != (string?)root["metadata"]!["resourceVersion"])
                context.Response.StatusCode = 409;
            if (context.Response.StatusCode != 200)
                return;
            root = root!.DeepClone().AsObject();
            root["status"] = body["status"]!.DeepClone();
            statuses.Add((name, body["status"]!));
            // stored first: an event tells the version that it got
            ++version;
            stored[(collection, name)] = Stamped(root);
            events.Add(new Event(version, collection, $"{{\"type\":\"MODIFIED\",\"object\":{root.ToJsonString()}}}\n"));
            answer = root.ToJsonString();
        });
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }
}
