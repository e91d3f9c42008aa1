using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Loops;
using k8s.Models;

namespace AdmissionGuard.Reports;

/// <summary>
/// Events on objects whose change was denied or warned of: one an hour for each object and rule, however many replicas answer, as its name is made of
/// the three. A request never
/// waits for one: they queue up to a bound and are written so many a minute; what finds no room is dropped and counted. A dry run leaves none. A
/// CREATE that is denied
/// leaves none either: an Event is shown with its object, and there is none; who sent it has the whole refusal.
/// </summary>
internal sealed class EventWriter : IAsyncDisposable
{
    /// <summary>The API server's own bound for the message of an Event.</summary>
    private const int MostText = 1024;

    private const int MostWaiting = 256;

    /// <summary>Known in this hour; more objects than these have Events enough.</summary>
    private const int MostKnown = 10_000;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly record struct Told(
        string Namespace,
        string Name,
        string ObjectNamespace,
        string ApiVersion,
        ObjectKind Kind,
        string ObjectName,
        string Uid,
        bool Denied,
        string Message,
        DateTimeOffset At
    );

    private readonly Channel<Told> waiting = Channel.CreateBounded<Told>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly IApiServer server;
    private readonly TimeSpan pause;
    private readonly Backoff backoff = new(Random.Shared.NextDouble);
    private readonly TextWriter log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task writing;
    private string? said;
    private long hour;
    private long written;
    private long dropped;

    /// <param name="aMinute">The most that are written in a minute.</param>
    public EventWriter(IApiServer server, TimeProvider time, TextWriter log, int aMinute = 60)
    {
        this.server = server;
        this.log = log;
        pause = TimeSpan.FromMinutes(1) / aMinute;
        writing = new Loop("events", "writing an Event broke, please report; that one is lost, the next are written", time, log).Run(
            WriteNext,
            stop.Token
        );
    }

    public long Written => Interlocked.Read(ref written);

    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Of an answer of the webhook that judges.</summary>
    public void Tell(Verdict verdict)
    {
        var review = verdict.Review;
        if (review.DryRun || review.Kind is null || verdict.Judgements.Count == 0 || review.Name.Length == 0)
            return;
        if (review.Operation == Operation.Create && !verdict.Allowed)
            return;
        var wanted = verdict.Allowed ? GuardAction.Warn : GuardAction.Deny;
        string? last = null;
        foreach (var judgement in verdict.Judgements)
        {
            if (judgement.Action != wanted || judgement.Rule == last)
                continue;
            last = judgement.Rule; // those of a rule stand together
            if (!IsNew(review, judgement, out var name))
                continue;
            var told = new Told(
                review.Namespace.Length == 0 ? "default" : review.Namespace,
                name,
                review.Namespace,
                review.Subject["apiVersion"u8].Text ?? "",
                review.Kind,
                review.Name,
                review.Subject["metadata"u8]["uid"u8].Text ?? "",
                wanted == GuardAction.Deny,
                Shown.Clip($"{judgement.Rule}: {judgement.Path.ToText()}: {judgement.Finding.Message}", MostText),
                review.Now
            );
            if (!waiting.Writer.TryWrite(told))
                Interlocked.Increment(ref dropped);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await writing;
        stop.Dispose();
    }

    private bool IsNew(Review review, Judgement judgement, out string name)
    {
        var now = review.Now.ToUnixTimeSeconds() / (long)Hour.TotalSeconds;
        var uid = review.Subject["metadata"u8]["uid"u8].Text;
        var seed = string.Create(
            CultureInfo.InvariantCulture,
            $"{review.Kind!.Group}/{review.Kind.Name}/{review.Namespace}/{review.Name}/{uid}/{judgement.Rule}/{now}"
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 8));
        name = $"{review.Name[..Math.Min(review.Name.Length, 200)].TrimEnd('.', '-')}.{hash}";
        lock (gate)
        {
            if (hour != now)
                known.Clear();
            hour = now;
            if (known.Contains(name))
                return false;
            if (known.Count < MostKnown)
                return known.Add(name);
        }
        Interlocked.Increment(ref dropped);
        return false;
    }

    /// <summary>At the end of the server, what waits is dropped.</summary>
    private async Task<TimeSpan?> WriteNext(CancellationToken ended)
    {
        var told = await waiting.Reader.ReadAsync(ended);
        try
        {
            await server.Create(EventOf(told), ended);
            Interlocked.Increment(ref written);
            backoff.Reset();
            said = null;
        }
        catch (ApiException e) when (e.IsConflict)
        {
            // another replica said it, or this one before it was started anew
        }
        catch (ApiException e)
        {
            // lost: an Event of an hour ago helps nobody
            Interlocked.Increment(ref dropped);
            if (said != e.Message && !e.IsNotFound)
                log.WriteLine($"events: one could not be written: {said = e.Message}");
            return pause + backoff.Next(e.RetryAfter);
        }
        catch
        {
            Interlocked.Increment(ref dropped);
            throw;
        }
        return pause;
    }

    private static Corev1Event EventOf(Told told) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new V1ObjectMeta
            {
                Name = told.Name,
                NamespaceProperty = told.Namespace,
                Labels = new Dictionary<string, string> { [ReportBody.ManagedBy] = Labels.Name },
            },
            InvolvedObject = new V1ObjectReference
            {
                ApiVersion = told.ApiVersion,
                Kind = told.Kind.Name,
                NamespaceProperty = told.ObjectNamespace.Length > 0 ? told.ObjectNamespace : null,
                Name = told.ObjectName,
                Uid = told.Uid.Length > 0 ? told.Uid : null,
            },
            Reason = told.Denied ? "ChangeDenied" : "ChangeWarned",
            Message = told.Message,
            Type = "Warning",
            Source = new V1EventSource { Component = Labels.Name },
            // metav1.Time has whole seconds
            FirstTimestamp = ToSeconds(told.At),
            LastTimestamp = ToSeconds(told.At),
            Count = 1,
            ReportingComponent = Labels.Name,
            ReportingInstance = Labels.Name,
        };

    private static DateTime ToSeconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()).UtcDateTime;
}
