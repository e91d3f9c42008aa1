using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;

namespace AdmissionGuard.Server;

/// <summary>The answer, or why there is none.</summary>
/// <param name="Reason">As the metric has it.</param>
internal readonly record struct Answered(ArrayBufferWriter<byte>? Answer, int Status, string Reason, string Error)
{
    public static Answered With(ArrayBufferWriter<byte> answer) => new(answer, StatusCodes.Status200OK, "", "");

    public static Answered Busy(string error) => new(null, StatusCodes.Status503ServiceUnavailable, "busy", error);

    public static Answered Unreadable(string why) =>
        new(null, StatusCodes.Status400BadRequest, "unreadable", $"no AdmissionReview could be read: {why}");

    /// <summary>Its body took longer than the answer may.</summary>
    public static Answered Slow() =>
        new(null, StatusCodes.Status503ServiceUnavailable, "slow_body", "the body did not arrive within the time that the request allows, try again");

    /// <summary>The API server waits no longer, or not long enough: it goes by its failurePolicy.</summary>
    public static Answered Late(Deadline deadline) =>
        deadline.IsAborted
            ? new(null, StatusCodes.Status499ClientClosedRequest, "aborted", "the client is gone")
            : new(null, StatusCodes.Status503ServiceUnavailable, "deadline", "no verdict within the time that the request allows, try again");
}

/// <summary>Answers bodies that were read, each in its lane, and a fault of ours ends one answer and not the server.</summary>
internal sealed class ReviewAnswers(ServerOptions options, ReviewMetrics reviews) : IDisposable
{
    private readonly ReviewLane small = new(Environment.ProcessorCount, ServerLimits.ReviewsInside);
    private readonly ReviewLane large = new(Math.Max(1, Environment.ProcessorCount - 1), ServerLimits.ReviewsInside);
    private readonly FaultLog faults = new(options.Log);

    public void Dispose()
    {
        small.Dispose();
        large.Dispose();
    }

    /// <param name="endpoint">Null for our own kinds.</param>
    public async Task<Answered> To(BodyReader.Body body, Webhook? endpoint, IHeaderDictionary headers, Deadline deadline)
    {
        using var span = ReviewSpan.Start(endpoint is { } asked ? AdmissionReview.Name(asked) : "policies", headers);
        var answered = await InTurn(body, endpoint, span, deadline);
        if (span is not null && answered.Answer is null)
            ReviewSpan.Fail(span, answered.Status);
        return answered;
    }

    private async Task<Answered> InTurn(BodyReader.Body body, Webhook? endpoint, Activity? span, Deadline deadline)
    {
        using var turn = new Turn(body.Length < ServerLimits.LargeBodyBytes ? small : large, deadline);
        try
        {
            if (!await turn.Begin())
                return Answered.Busy("too many reviews at once, try again");
            deadline.Check();
            return endpoint is { } webhook ? await Answer(body, webhook, span, deadline, turn) : AnswerOfPolicies(body, span, deadline);
        }
        catch (PatienceEndedException)
        {
            return Answered.Late(deadline);
        }
        catch (OperationCanceledException) when (deadline.IsAborted)
        {
            return Answered.Late(deadline);
        }
        catch (JsonException e)
        {
            return Answered.Unreadable(e.Message);
        }
        catch (OutOfMemoryException)
        {
            return Answered.Busy("too little memory for this review now, try again");
        }
        catch (Exception e)
        {
            // ours, whatever it is: the API server goes by its failurePolicy, and the operator reads why
            faults.Tell("a review", e);
            return new Answered(null, StatusCodes.Status500InternalServerError, "broken", "the review broke, see the webhook's log");
        }
    }

    private async Task<Answered> Answer(BodyReader.Body body, Webhook endpoint, Activity? span, Deadline deadline, Turn turn)
    {
        var started = Stopwatch.GetTimestamp();
        if (AdmissionReview.Read(body.Root, endpoint, options.Time.GetUtcNow(), out var reason) is not { } request)
            return Answered.Unreadable(reason!);
        // an answer without the policies would be a yes to everything: the API server goes by its failurePolicy
        if (options.Standing?.Invoke().HasPolicies == false)
            return Answered.Busy("the policies are not loaded yet, see /readyz");
        var asked = request.Review with { Patience = deadline };
        var isTrusted = body.Caller.IsTrusted;
        var verdict = options.Judge(isTrusted && options.Ask is { } ask ? await turn.Aside(ask(asked, deadline.Aborted)) : asked);
        if (!isTrusted)
            verdict = Stranger.Told(verdict, (options.JudgeAlone ?? options.Judge)(asked));
        var answer = new ArrayBufferWriter<byte>(512);
        AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
        answer.Write("\n"u8); // for whoever asks with curl
        reviews.Answered(endpoint, verdict, started);
        if (span is not null)
            ReviewSpan.Describe(span, verdict);
        if (isTrusted && options.Decisions is { } decisions)
            decisions.Add(DecisionLine.Write(request.Uid, verdict, endpoint, Stopwatch.GetElapsedTime(started), decisions.WithObjects));
        if (isTrusted && endpoint == Webhook.Validate)
            options.Judged?.Invoke(verdict);
        foreach (var failure in verdict.Failures)
            faults.Tell($"rule {failure.Rule}", failure.Exception);
        return Answered.With(answer);
    }

    private Answered AnswerOfPolicies(BodyReader.Body body, Activity? span, Deadline deadline)
    {
        if (AdmissionReview.Read(body.Root, Webhook.Validate, options.Time.GetUtcNow(), out var reason) is not { } request)
            return Answered.Unreadable(reason!);
        var maxDays = options.Standing?.Invoke().HasPolicies == false ? null : options.Policies?.Invoke().Set.Settings.MaxExceptionDays;
        var review = PolicyReview.Of(body.Root, options.Time.GetUtcNow(), maxDays, deadline, e => faults.Tell("a review of a policy", e));
        var answer = new ArrayBufferWriter<byte>(512);
        review.Write(answer);
        answer.Write("\n"u8);
        reviews.AnsweredPolicy(review.Kind, review.Outcome);
        if (span is not null)
            ReviewSpan.Describe(span, review.Kind, Words.Of(request.Review.Operation), review.Outcome, request.Review.DryRun);
        return Answered.With(answer);
    }
}
