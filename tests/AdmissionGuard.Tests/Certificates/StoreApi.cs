using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>
/// An API server on loopback that stores objects by their path: get, create, merge patch, each write with a new resourceVersion and a conflict where
/// an old one is named.
/// </summary>
internal sealed class StoreApi : IAsyncDisposable
{
    public static readonly ServiceName Service = ServiceName.Of(ServiceName.Default);

    private const string Webhooks = "/apis/admissionregistration.k8s.io/v1/";

    public const string Secret = "/api/v1/namespaces/admissionguard/secrets/admissionguard-certificates";
    public const string Validating = Webhooks + "validatingwebhookconfigurations/admissionguard";
    public const string Mutating = Webhooks + "mutatingwebhookconfigurations/admissionguard";

    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly Dictionary<string, JsonObject> objects = new(StringComparer.Ordinal);
    private int version;

    private StoreApi()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(Answer);
    }

    /// <summary>Asked before a write is done, by method and path; what it returns is answered: nothing to let it pass.</summary>
    public Func<string, string, int?> Before { get; set; } = (_, _) => null;

    /// <summary>Asked after a write is done: what it returns is answered although the write stands.</summary>
    public Func<string, string, int?> After { get; set; } = (_, _) => null;

    /// <summary>Method and path of each write that was done.</summary>
    public ConcurrentQueue<string> Writes { get; } = [];

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With the two configurations as deploy/ installs them, and a webhook of a stranger beside ours.</summary>
    public static async Task<StoreApi> Start(bool configurations = true)
    {
        var api = new StoreApi();
        if (configurations)
            api.Install();
        await api.app.StartAsync(Stop);
        return api;
    }

    public void Install()
    {
        Put(
            Validating,
            """
            {"metadata":{"name":"admissionguard"},"webhooks":[{"name":"validate.admissionguard.io",
            "clientConfig":{"service":{"name":"admissionguard","port":443}},"timeoutSeconds":5},
            {"name":"other.example.com","clientConfig":{"caBundle":"b3RoZXI="}}]}
            """
        );
        Put(
            Mutating,
            """
            {"metadata":{"name":"admissionguard"},"webhooks":[{"name":"mutate.admissionguard.io",
            "clientConfig":{"service":{"name":"admissionguard"}},"reinvocationPolicy":"IfNeeded"}]}
            """
        );
    }

    public ApiServer Connect() => new(new Connection(new Uri(app.Urls.First() + "/"), FixedCredential.None), TimeProvider.System);

    public void Put(string path, string json)
    {
        lock (gate)
            Store(path, JsonNode.Parse(json)!.AsObject());
    }

    public void Delete(string path)
    {
        lock (gate)
            objects.Remove(path);
    }

    public JsonObject? Get(string path)
    {
        lock (gate)
            return objects.TryGetValue(path, out var found) ? found.DeepClone().AsObject() : null;
    }

    /// <summary>An edit by hand.</summary>
    public void Edit(string path, Action<JsonObject> edit)
    {
        lock (gate)
        {
            if (!objects.TryGetValue(path, out var found))
                return;
            edit(found);
            Store(path, found);
        }
    }

    /// <summary>Whom each of our webhooks trusts; nothing where none is there.</summary>
    public IReadOnlyList<IReadOnlyList<Authority>> Trusted
    {
        get
        {
            var trusted = new List<IReadOnlyList<Authority>>();
            foreach (var path in (string[])[Validating, Mutating])
            {
                if (Get(path) is { } found)
                    trusted.Add(
                        Authority.ReadAll(
                            System.Text.Encoding.UTF8.GetString(
                                Convert.FromBase64String((string?)found["webhooks"]![0]!["clientConfig"]!["caBundle"] ?? "")
                            )
                        )
                    );
            }
            return trusted;
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Store(string path, JsonObject stored)
    {
        var metadata = stored["metadata"] as JsonObject ?? [];
        stored["metadata"] = metadata;
        metadata["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        objects[path] = stored;
    }

    private async Task Answer(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value!);
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(Stop);
        var (status, answer) = Do(method, path, body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject());
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(answer, Stop);
    }

    private (int Status, string Body) Do(string method, string path, JsonObject body)
    {
        lock (gate)
        {
            if (method == "GET")
                return objects.TryGetValue(path, out var found) ? (200, found.ToJsonString()) : Failed(404, "NotFound");
            if (Before(method, path) is { } refused)
                return Failed(refused, "Refused");
            if (method == "POST")
                path += "/" + (string)body["metadata"]!["name"]!;
            var isThere = objects.TryGetValue(path, out var stored);
            if (method == "POST" && isThere)
                return Failed(409, "AlreadyExists");
            if (method == "PATCH")
            {
                if (!isThere)
                    return Failed(404, "NotFound");
                if ((string?)body["metadata"]?["resourceVersion"] is { } asked && asked != (string?)stored!["metadata"]!["resourceVersion"])
                    return Failed(409, "Conflict");
                Merge(stored!, body);
                body = stored!;
            }
            Store(path, body);
            Writes.Enqueue($"{method} {path}");
            return After(method, path) is { } lost ? Failed(lost, "Lost") : (200, body.ToJsonString());
        }
    }

    private static (int Status, string Body) Failed(int status, string reason) =>
        (status, $$"""{"kind":"Status","code":{{status}},"reason":"{{reason}}","message":"{{reason}}"}""");

    /// <summary>RFC 7386.</summary>
    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                into.Remove(name);
            else if (value is not JsonObject part)
                into[name] = value.DeepClone();
            else
            {
                if (into[name] is not JsonObject inner)
                    into[name] = inner = [];
                Merge(inner, part);
            }
        }
    }
}
