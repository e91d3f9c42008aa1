using System.Collections.Concurrent;
using System.Net;
using AdmissionGuard.Kubernetes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>
/// An API server on loopback, plain HTTP: by a script, one entry a request, past whose end a watch stays open and all else is a 500; or with objects
/// that it stores.
/// </summary>
internal sealed partial class FakeApi : IAsyncDisposable
{
    private readonly WebApplication app;
    private Func<HttpContext, Task>[] script;
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int count;

    private FakeApi(Func<HttpContext, Task>[] script)
    {
        this.script = script;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(Answer);
    }

    /// <summary>Path and query of each request, in their order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<string> Authorizations { get; } = [];

    public static async Task<FakeApi> Start(params Func<HttpContext, Task>[] script)
    {
        var api = new FakeApi(script);
        await api.app.StartAsync(Stop);
        return api;
    }

    /// <summary>All requests are answered by one function.</summary>
    public static Task<FakeApi> Always(Func<HttpContext, Task> answer) => Start([.. Enumerable.Repeat(answer, 1000)]);

    public Uri Server => new(app.Urls.First() + "/");

    public ApiServer Connect(TimeProvider? time = null, ICredential? credential = null) => new(Connection(credential), time ?? TimeProvider.System);

    public Connection Connection(ICredential? credential = null) =>
        new(new KubernetesClientConfiguration { Host = Server.AbsoluteUri }) { Credential = credential };

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        closed.TrySetResult();
        Change(() => { });
        await app.DisposeAsync();
    }

    public static Func<HttpContext, Task> Body(string body, int status = 200, string? retryAfter = null) =>
        async context =>
        {
            context.Response.StatusCode = status;
            if (retryAfter is not null)
                context.Response.Headers.RetryAfter = retryAfter;
            await context.Response.WriteAsync(body, Stop);
        };

    public static Func<HttpContext, Task> Status(int code, string reason, string message) =>
        Body($$"""{"kind":"Status","code":{{code}},"reason":"{{reason}}","message":"{{message}}"}""", code);

    /// <summary>Pieces of a body as they go over the wire, then its end.</summary>
    public static Func<HttpContext, Task> Pieces(params string[] pieces) =>
        async context =>
        {
            foreach (var piece in pieces)
            {
                await context.Response.WriteAsync(piece, Stop);
                await context.Response.Body.FlushAsync(Stop);
            }
        };

    /// <summary>As <see cref="Pieces"/>, and then the connection is cut.</summary>
    public static Func<HttpContext, Task> Cut(params string[] pieces) =>
        async context =>
        {
            await Pieces(pieces)(context);
            context.Abort();
        };

    /// <summary>Nothing comes, for ever.</summary>
    public static Func<HttpContext, Task> Silence() =>
        context =>
            Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, Stop, TaskContinuationOptions.None, TaskScheduler.Default);

    public static string Item(string name, string version, string rest = "") =>
        $$$"""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"{{{name}}}","namespace":"shop","resourceVersion":"{{{version}}}","""
        + $$$""" "managedFields":[{"manager":"kubectl"}]}{{{rest}}}}""";

    public static string Page(string version, string next, params string[] items) =>
        $$$"""{"apiVersion":"example.com/v1","kind":"ThingList","metadata":{"resourceVersion":"{{{version}}}","continue":"{{{next}}}"},"""
        + $$$""" "items":[{{{string.Join(',', items)}}}]}""";

    public static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""" + "\n";

    private async Task Answer(HttpContext context)
    {
        var mine = Interlocked.Increment(ref count) - 1;
        Requests.Enqueue(context.Request.Path + context.Request.QueryString);
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        if (mine < script.Length)
            await script[mine](context);
        else if (context.Request.Query.ContainsKey("watch"))
        {
            await context.Response.Body.FlushAsync(Stop);
            await closed.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
            await Status(500, "InternalError", "past the script")(context);
    }
}
