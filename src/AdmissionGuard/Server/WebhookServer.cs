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

/// <summary>The webhook over TLS. It keeps no state but counters: any number of replicas answer alike.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ReviewMetrics reviews;
    private readonly PrometheusText metrics;
    private readonly BodyReader bodies = new(new BodyRoom());
    private readonly Connections connections;
    private readonly Refusals refusals;
    private readonly ReviewAnswers answers;
    private readonly ServedCertificate served;
    private readonly ServerOptions options;
    private volatile bool draining;

    public WebhookServer(ServedCertificate served, ServerOptions options)
    {
        this.served = served;
        this.options = options;
        connections = new Connections(options.Time);
        refusals = new Refusals(options.Time);
        reviews = new ReviewMetrics(Instruments);
        metrics = new PrometheusText(Instruments);
        Observe();
        answers = new ReviewAnswers(options, reviews);
        app = Kestrel.Build(options.Listen, served, connections, options.Callers.Certificates is not null);
        app.Run(Serve);
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
                $"cannot listen on {options.Listen}: "
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
        await Task.Delay(drain, options.Time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        metrics.Dispose();
        Instruments.Dispose();
        answers.Dispose();
    }

    private async Task Serve(HttpContext context)
    {
        var connection = Connections.Of(context);
        connection?.Begin();
        try
        {
            await Handle(context, connection);
        }
        finally
        {
            connection?.End();
        }
    }

    /// <summary>Behind an endpoint of reviews the path may have a token, by which the API server shows who it is.</summary>
    private Task Handle(HttpContext context, Connections.Held? connection)
    {
        var path = context.Request.Path.Value ?? "";
        var end = path.IndexOf('/', Math.Min(1, path.Length));
        var (endpoint, token) = end < 0 ? (path, "") : (path[..end], path[(end + 1)..]);
        Caller Caller() => new(options.Callers.ProofOf(context, connection, token), Server.Caller.PlaceOf(context.Connection.RemoteIpAddress));
        return endpoint switch
        {
            "/validate" => Review(context, connection, Webhook.Validate, Caller()),
            "/mutate" => Review(context, connection, Webhook.Mutate, Caller()),
            "/policies" => Review(context, connection, endpoint: null, Caller()),
            _ => Other(context, path),
        };
    }

    private Task Other(HttpContext context, string path) =>
        path switch
        {
            "/healthz" => Text(context, StatusCodes.Status200OK, "ok\n"),
            "/readyz" => Text(
                context,
                IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
                Readiness(context.Request.Query.ContainsKey("verbose"))
            ),
            "/metrics" => Text(context, StatusCodes.Status200OK, metrics.Write(), PrometheusText.ContentType),
            _ => Text(context, StatusCodes.Status404NotFound, "here are /validate, /mutate, /policies, /healthz, /readyz and /metrics\n"),
        };

    private bool IsReady => !draining && served.Unready is null && options.Standing?.Invoke().IsReady != false && !refusals.Prevail;

    /// <param name="endpoint">Null for our own kinds.</param>
    private async Task Review(HttpContext context, Connections.Held? connection, Webhook? endpoint, Caller caller)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await Refuse(context, new Answered(null, StatusCodes.Status405MethodNotAllowed, "method", "an AdmissionReview is sent with POST"));
            return;
        }
        var deadline = Deadline.Of(context, options.Time);
        var (body, answered) = await bodies.ReadSafely(context.Request, caller, deadline);
        // given back before the answer goes out: a client that does not read holds no memory of ours
        using (body)
        {
            if (body is not null)
                answered = await answers.To(body, endpoint, context.Request.Headers, deadline);
        }
        if (caller.IsTrusted)
            Note(answered, connection);
        if (answered.Answer is { } answer)
            await Send(context, answer.WrittenMemory);
        else
            await Refuse(context, answered);
    }

    /// <summary>Of the API server only: what others are refused must not take this server away from it.</summary>
    private void Note(in Answered answered, Connections.Held? connection)
    {
        if (answered.Answer is not null)
        {
            refusals.Answered();
            connection?.Prove();
        }
        else if (answered.Reason is "busy" or "deadline")
        {
            refusals.Refused();
        }
    }

    /// <summary>Refused policies make nobody unready: the last good ones are in force, and an unready webhook guards nothing.</summary>
    private string Readiness(bool verbose)
    {
        string answer;
        if (draining)
            answer = "draining\n";
        else if (served.Unready is { } why)
            answer = $"not ready: {why}\n";
        else if (refusals.Prevail)
            answer = "not ready: more reviews were refused than answered in the last seconds, see admissionguard_requests_refused_total\n";
        else if (IsReady)
            answer = "ok\n";
        else
            answer = "not ready\n";
        if (!verbose)
            return (options.Standing is null ? "" : WatchText.Reasons(options.Standing())) + answer;
        return (options.Policies is null ? "" : PolicyText.Lines(options.Policies()))
            + CertificateText.Lines(served)
            + (options.Standing is null ? "" : WatchText.Lines(options.Standing()))
            + answer;
    }

    private void Observe()
    {
        CertificateText.Observe(Instruments, served);
        Instruments.Observe(Metrics.Ready, () => IsReady ? 1 : 0);
        Instruments.Observe(Metrics.Refusing, () => refusals.AreRecent ? 1 : 0);
        Instruments.Observe(Metrics.ResidentMemory, () => Environment.WorkingSet);
        Instruments.Observe(Metrics.LoopFaults, () => Loop.Faults.Select(f => (f.Key, (double)f.Value)));
        options.Decisions?.Observe(Instruments);
        if (options.Policies is not null)
            PolicyText.Observe(Instruments, options.Policies);
        if (options.Standing is not null)
            WatchText.Observe(Instruments, options.Standing);
    }

    private static async Task Send(HttpContext context, ReadOnlyMemory<byte> answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    private Task Refuse(HttpContext context, in Answered refusal)
    {
        reviews.Refused(refusal.Reason);
        if (context.RequestAborted.IsCancellationRequested)
            return Task.CompletedTask;
        if (refusal.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = ServerLimits.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return Text(context, refusal.Status, refusal.Error + "\n");
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
