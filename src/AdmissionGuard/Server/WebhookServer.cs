using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Admission;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Files;
using AdmissionGuard.Live;
using AdmissionGuard.Loops;
using AdmissionGuard.Policies;
using AdmissionGuard.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AdmissionGuard.Server;

/// <summary>What judges a request; the benchmarks put a floor in its place.</summary>
internal delegate Verdict Judge(Review review);

/// <summary>The webhook over TLS. It keeps no state but counters: any number of replicas answer alike.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ReviewMetrics reviews;
    private readonly PrometheusText metrics;
    private readonly BodyReader bodies = new();
    private readonly SemaphoreSlim places;
    private readonly IPEndPoint listen;
    private readonly ServedCertificate served;
    private readonly Judge judge;
    private readonly TimeProvider time;
    private readonly FaultLog faults;
    private readonly Func<PolicyStatus>? policies;
    private readonly Func<LiveState>? standing;
    private readonly DecisionLog? decisions;
    private readonly Action<Verdict>? judged;
    private volatile bool draining;

    /// <summary>With a certificate that stays.</summary>
    public WebhookServer(IPEndPoint listen, X509Certificate2 certificate, Judge judge, TimeProvider time, TextWriter log)
        : this(listen, new ServedCertificate(certificate), judge, time, log) { }

    /// <param name="policies">Where they stand, for readiness and metrics.</param>
    /// <param name="standing">How far the cluster is known; null where there is none.</param>
    /// <param name="decisions">Where every decision is written; null where nobody asked for it. Disposed by the caller, after this.</param>
    /// <param name="judged">Told of every answer of /validate; must not wait.</param>
    /// <param name="log">Who runs the server reads there of what broke.</param>
    public WebhookServer(
        IPEndPoint listen,
        ServedCertificate served,
        Judge judge,
        TimeProvider time,
        TextWriter log,
        Func<PolicyStatus>? policies = null,
        Func<LiveState>? standing = null,
        DecisionLog? decisions = null,
        Action<Verdict>? judged = null
    )
    {
        this.listen = listen;
        this.served = served;
        this.judge = judge;
        this.time = time;
        this.policies = policies;
        this.standing = standing;
        this.decisions = decisions;
        this.judged = judged;
        faults = new FaultLog(log);
        reviews = new ReviewMetrics(Instruments);
        metrics = new PrometheusText(Instruments);
        Observe();
        places = new SemaphoreSlim(Environment.ProcessorCount * ServerLimits.ReviewsAtOncePerCore);
        // empty: an appsettings.json that lies about, or a variable of the environment, must not open a port or change a limit
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServerLimits.Shutdown);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null; // BodyReader bounds it, and says so in words
                kestrel.Limits.MaxRequestHeadersTotalSize = ServerLimits.HeaderBytes;
                kestrel.Limits.RequestHeadersTimeout = ServerLimits.Headers;
                kestrel.Limits.MaxConcurrentConnections = ServerLimits.Connections;
                kestrel.Listen(listen, options =>
                {
                    options.Protocols = HttpProtocols.Http1AndHttp2;
                    options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(served.Options) });
                });
            });
        app = builder.Build();
        app.Run(Handle);
    }

    /// <summary>Where it listens, with the port that the system chose where 0 was asked for.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1:0");

    /// <summary>What runs beside the server is measured with the same meter.</summary>
    public Instruments Instruments { get; } = new();

    /// <summary>Of bodies that are being read or judged.</summary>
    public long BytesInFlight => bodies.InFlight;

    /// <exception cref="InputException">The address is taken, or not this machine's.</exception>
    public async Task Start()
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new InputException(
                $"cannot listen on {listen}: "
                    + $"{(e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException ? "the address is in use" : e.Message)}"
            );
        }
        Address = new Uri(app.Urls.First());
    }

    /// <summary>
    /// Unready first, so that no new connection is sent here; then, after the pause, what is under way is finished and the server stops.
    /// </summary>
    /// <param name="hurry">Ends the pause.</param>
    public async Task Stop(TimeSpan drain, CancellationToken hurry = default)
    {
        draining = true;
        await Task.Delay(drain, time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        metrics.Dispose();
        Instruments.Dispose();
        places.Dispose();
    }

    private Task Handle(HttpContext context) =>
        context.Request.Path.Value switch
        {
            "/validate" => Review(context, Webhook.Validate),
            "/mutate" => Review(context, Webhook.Mutate),
            "/policies" => Review(context, endpoint: null),
            "/healthz" => Text(context, StatusCodes.Status200OK, "ok\n"),
            "/readyz" => Text(
                context,
                IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
                Readiness(context.Request.Query.ContainsKey("verbose"))
            ),
            "/metrics" => Text(context, StatusCodes.Status200OK, metrics.Write(), PrometheusText.ContentType),
            _ => Text(context, StatusCodes.Status404NotFound, "here are /validate, /mutate, /policies, /healthz, /readyz and /metrics\n"),
        };

    private bool IsReady => !draining && served.Unready is null && standing?.Invoke().IsReady != false;

    /// <param name="endpoint">Null for our own kinds.</param>
    private async Task Review(HttpContext context, Webhook? endpoint)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await Refuse(context, StatusCodes.Status405MethodNotAllowed, "an AdmissionReview is sent with POST");
            return;
        }
        var (body, status, error) = await bodies.Read(context.Request, context.RequestAborted);
        ArrayBufferWriter<byte>? answer = null;
        if (body is not null)
        {
            // given back before the answer goes out: a client that does not read holds no memory of ours
            using (body)
                (answer, status, error) = AnswerInPlace(body, endpoint, context.Request.Headers);
        }
        if (answer is null)
            await Refuse(context, status, error);
        else
            await Send(context, answer.WrittenMemory);
    }

    private (ArrayBufferWriter<byte>? Answer, int Status, string Error) AnswerInPlace(
        BodyReader.Body body,
        Webhook? endpoint,
        IHeaderDictionary headers
    )
    {
        if (!places.Wait(0, CancellationToken.None))
            return (null, StatusCodes.Status503ServiceUnavailable, "too many reviews at once, try again");
        using var span = ReviewSpan.Start(endpoint is { } asked ? AdmissionReview.Name(asked) : "policies", headers);
        var answered = AnswerSafely(body, endpoint, span);
        if (span is not null && answered.Answer is null)
            ReviewSpan.Fail(span, answered.Status);
        return answered;
    }

    private (ArrayBufferWriter<byte>? Answer, int Status, string Error) AnswerSafely(BodyReader.Body body, Webhook? endpoint, Activity? span)
    {
        try
        {
            return endpoint is { } webhook ? Answer(body, webhook, span) : AnswerOfPolicies(body, span);
        }
        catch (OutOfMemoryException)
        {
            return (null, StatusCodes.Status503ServiceUnavailable, "too little memory for this review now, try again");
        }
        catch (Exception e)
        {
            // ours, whatever it is: the API server goes by its failurePolicy, and the operator reads why
            faults.Tell("a review", e);
            return (null, StatusCodes.Status500InternalServerError, "the review broke, see the webhook's log");
        }
        finally
        {
            places.Release();
        }
    }

    private (ArrayBufferWriter<byte>? Answer, int Status, string Error) Answer(BodyReader.Body body, Webhook endpoint, Activity? span)
    {
        var started = Stopwatch.GetTimestamp();
        if (AdmissionReview.Read(body.Root, endpoint, time.GetUtcNow(), out var reason) is not { } request)
        {
            return (null, StatusCodes.Status400BadRequest, $"no AdmissionReview could be read: {reason}");
        }
        // an answer without the policies would be a yes to everything: the API server goes by its failurePolicy
        if (standing?.Invoke().HasPolicies == false)
            return (null, StatusCodes.Status503ServiceUnavailable, "the policies are not loaded yet, see /readyz");
        var verdict = judge(request.Review);
        var answer = new ArrayBufferWriter<byte>(512);
        AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
        answer.Write("\n"u8); // for whoever asks with curl
        reviews.Answered(endpoint, verdict, started);
        if (span is not null)
            ReviewSpan.Describe(span, verdict);
        if (decisions is not null)
            decisions.Add(DecisionLine.Write(request.Uid, verdict, endpoint, Stopwatch.GetElapsedTime(started), decisions.WithObjects));
        if (endpoint == Webhook.Validate)
            judged?.Invoke(verdict);
        foreach (var failure in verdict.Failures)
            faults.Tell($"rule {failure.Rule}", failure.Exception);
        return (answer, StatusCodes.Status200OK, "");
    }

    private (ArrayBufferWriter<byte>? Answer, int Status, string Error) AnswerOfPolicies(BodyReader.Body body, Activity? span)
    {
        if (AdmissionReview.Read(body.Root, Webhook.Validate, time.GetUtcNow(), out var reason) is not { } request)
            return (null, StatusCodes.Status400BadRequest, $"no AdmissionReview could be read: {reason}");
        var maxDays = standing?.Invoke().HasPolicies == false ? null : policies?.Invoke().Set.Settings.MaxExceptionDays;
        var review = PolicyReview.Of(body.Root, time.GetUtcNow(), maxDays, e => faults.Tell("a review of a policy", e));
        var answer = new ArrayBufferWriter<byte>(512);
        review.Write(answer);
        answer.Write("\n"u8);
        reviews.AnsweredPolicy(review.Kind, review.Outcome);
        if (span is not null)
            ReviewSpan.Describe(span, review.Kind, Words.Of(request.Review.Operation), review.Outcome, request.Review.DryRun);
        return (answer, StatusCodes.Status200OK, "");
    }

    /// <summary>Refused policies make nobody unready: the last good ones are in force, and an unready webhook guards nothing.</summary>
    private string Readiness(bool verbose)
    {
        string answer;
        if (draining)
            answer = "draining\n";
        else if (served.Unready is { } why)
            answer = $"not ready: {why}\n";
        else if (IsReady)
            answer = "ok\n";
        else
            answer = "not ready\n";
        if (!verbose)
            return (standing is null ? "" : WatchText.Reasons(standing())) + answer;
        return (policies is null ? "" : PolicyText.Lines(policies()))
            + CertificateText.Lines(served)
            + (standing is null ? "" : WatchText.Lines(standing()))
            + answer;
    }

    private void Observe()
    {
        CertificateText.Observe(Instruments, served);
        Instruments.Observe(Metrics.Ready, () => IsReady ? 1 : 0);
        Instruments.Observe(Metrics.ResidentMemory, () => Environment.WorkingSet);
        Instruments.Observe(Metrics.LoopFaults, () => Loop.Faults.Select(f => (f.Key, (double)f.Value)));
        decisions?.Observe(Instruments);
        if (policies is not null)
            PolicyText.Observe(Instruments, policies);
        if (standing is not null)
            WatchText.Observe(Instruments, standing);
    }

    private static async Task Send(HttpContext context, ReadOnlyMemory<byte> answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    private Task Refuse(HttpContext context, int status, string error)
    {
        reviews.Refused(
            status switch
            {
                StatusCodes.Status413PayloadTooLarge => "too_large",
                StatusCodes.Status503ServiceUnavailable => "busy",
                StatusCodes.Status405MethodNotAllowed => "method",
                StatusCodes.Status500InternalServerError => "broken",
                _ => "unreadable",
            }
        );
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = ServerLimits.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Text(context, status, error + "\n");
    }

    private static Task Text(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }
}
