using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AdmissionGuard.Benchmarks.Load;

/// <summary>A collector on loopback that reads what it is sent and keeps only its size.</summary>
internal sealed class OtlpSink : IAsyncDisposable
{
    private readonly WebApplication app;
    private long bytes;

    private OtlpSink()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(Take);
    }

    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>What points a server at it.</summary>
    public (string Name, string Value)[] Environment =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", app.Urls.First()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];

    public static async Task<OtlpSink> Start()
    {
        var sink = new OtlpSink();
        await sink.app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; )
            Interlocked.Add(ref bytes, read);
        context.Response.ContentType = "application/x-protobuf";
    }
}
