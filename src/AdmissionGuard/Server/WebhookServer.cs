using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Core.Evaluation;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdmissionGuard.Server;

/// <summary>What judges a request; the benchmarks put a floor in its place.</summary>
internal delegate Verdict Judge(Review review);

/// <summary>The webhook over TLS. It keeps no state but counters: any number of replicas answer alike.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Telemetry telemetry = new();
    private readonly PrometheusText metrics = new();
    private readonly BodyReader bodies = new();
    private readonly SemaphoreSlim places;
    private readonly Judge judge;
    private readonly TimeProvider time;
    private readonly X509Certificate2 certificate;
    private volatile bool draining;

    public WebhookServer(IPEndPoint listen, X509Certificate2 certificate, Judge judge, TimeProvider time)
    {
        (this.judge, this.time, this.certificate) = (judge, time, certificate);
        // Judging is pure computation: more at once than this would only wait for a core, and the API server had better ask another replica.
        places = new SemaphoreSlim(Environment.ProcessorCount * 32);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // BodyReader bounds it, and says so in words
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxConcurrentConnections = 4096;
            kestrel.Listen(listen, options =>
            {
                options.Protocols = HttpProtocols.Http1AndHttp2;
                options.UseHttps(certificate);
            });
        });
        app = builder.Build();
        app.Run(Handle);
    }

    /// <summary>Where it listens, with the port that the system chose where 0 was asked for.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1:0");

    /// <exception cref="InputException">The address is taken, or not this machine's.</exception>
    public async Task Start()
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new InputException($"cannot listen: {e.Message}");
        }
        Address = new Uri(app.Urls.First());
    }

    /// <summary>Unready first, so that no new connection is sent here; then, after the pause, what is under way is finished and the server stops.</summary>
    public async Task Stop(TimeSpan drain)
    {
        draining = true;
        await Task.Delay(drain, time);
        await app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        metrics.Dispose();
        telemetry.Dispose();
        places.Dispose();
    }

    private Task Handle(HttpContext context) => context.Request.Path.Value switch
    {
        "/validate" => Review(context, Webhook.Validate),
        "/mutate" => Review(context, Webhook.Mutate),
        "/healthz" => Text(context, StatusCodes.Status200OK, "ok\n"),
        "/readyz" => Text(context, draining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, draining ? "draining\n" : "ok\n"),
        "/metrics" => Text(context, StatusCodes.Status200OK, metrics.Write(
            ("admissionguard_certificate_expiry_timestamp_seconds", "When the serving certificate expires.", new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds()),
            ("admissionguard_ready", "1 while requests are wanted.", draining ? 0 : 1),
            ("process_resident_memory_bytes", "Resident memory.", Environment.WorkingSet))),
        _ => Text(context, StatusCodes.Status404NotFound, "here are /validate, /mutate, /healthz, /readyz and /metrics\n"),
    };

    private async Task Review(HttpContext context, Webhook endpoint)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await Refuse(context, StatusCodes.Status405MethodNotAllowed, "an AdmissionReview is sent with POST");
            return;
        }
        var (body, status, error) = await bodies.Read(context.Request, context.RequestAborted);
        if (body is null)
        {
            await Refuse(context, status, error);
            return;
        }
        using (body)
        {
            if (!places.Wait(0, CancellationToken.None))
            {
                await Refuse(context, StatusCodes.Status503ServiceUnavailable, "too many reviews at once, try again");
                return;
            }
            ArrayBufferWriter<byte>? answer;
            try
            {
                answer = Answer(body, endpoint, out error);
            }
            finally
            {
                places.Release();
            }
            if (answer is null) await Refuse(context, StatusCodes.Status400BadRequest, error);
            else await Send(context, answer.WrittenMemory);
        }
    }

    private ArrayBufferWriter<byte>? Answer(BodyReader.Body body, Webhook endpoint, out string error)
    {
        var started = Stopwatch.GetTimestamp();
        error = "";
        if (AdmissionReview.Read(body.Root, endpoint, time.GetUtcNow(), out var reason) is not { } request)
        {
            error = reason!;
            return null;
        }
        var verdict = judge(request.Review);
        var answer = new ArrayBufferWriter<byte>(512);
        AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
        telemetry.Answered(endpoint, verdict, started);
        foreach (var failure in verdict.Failures) Console.Error.WriteLine($"rule {failure.Rule} broke, please report: {failure.Exception}");
        return answer;
    }

    private static async Task Send(HttpContext context, ReadOnlyMemory<byte> answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    private Task Refuse(HttpContext context, int status, string error)
    {
        telemetry.Refused(status switch
        {
            StatusCodes.Status413PayloadTooLarge => "too_large",
            StatusCodes.Status503ServiceUnavailable => "busy",
            StatusCodes.Status405MethodNotAllowed => "method",
            _ => "unreadable",
        });
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        return Text(context, status, error + "\n");
    }

    private static Task Text(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }
}
