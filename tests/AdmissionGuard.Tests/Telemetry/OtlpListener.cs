using System.Collections.Concurrent;
using System.Net;
using AdmissionGuard.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AdmissionGuard.Tests.Telemetry;

/// <summary>A collector on loopback that takes OTLP over HTTP as protobuf and keeps what it was sent.</summary>
internal sealed class OtlpListener : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, WireMessage Message)> received = [];

    private OtlpListener()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(Take);
    }

    public string Url => app.Urls.First();

    public IEnumerable<string> Paths => received.Select(r => r.Path).Distinct(StringComparer.Ordinal);

    /// <summary>ResourceSpans.</summary>
    public IEnumerable<WireMessage> Traces => Sent("/v1/traces");

    /// <summary>Spans, whatever their resource and scope.</summary>
    public IEnumerable<WireMessage> Spans => Traces.SelectMany(r => r.All(2, 2));

    /// <summary>ResourceMetrics.</summary>
    public IEnumerable<WireMessage> Resources => Sent("/v1/metrics");

    /// <summary>Metrics, whatever their resource and scope; those sent last come last.</summary>
    public IEnumerable<WireMessage> Metrics => Resources.SelectMany(r => r.All(2, 2));

    public static async Task<OtlpListener> Start()
    {
        var listener = new OtlpListener();
        await listener.app.StartAsync(RunningServer.Stop);
        return listener;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IEnumerable<WireMessage> Sent(string path) => received.Where(r => r.Path == path).SelectMany(r => r.Message.All(1));

    private async Task Take(HttpContext context)
    {
        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        received.Enqueue((context.Request.Path, new WireMessage(body.ToArray())));
        context.Response.ContentType = "application/x-protobuf";
    }
}
