using System.Buffers;
using System.Diagnostics;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;

namespace AdmissionGuard.Server;

/// <summary>Answers bodies that were read: as many at once as there are places, and a fault of ours ends one answer and not the server.</summary>
internal sealed class ReviewAnswers(ServerOptions options, ReviewMetrics reviews) : IDisposable
{
    private readonly SemaphoreSlim places = new(Environment.ProcessorCount * ServerLimits.ReviewsAtOncePerCore);
    private readonly FaultLog faults = new(options.Log);

    public void Dispose() => places.Dispose();

    /// <param name="endpoint">Null for our own kinds.</param>
    /// <returns>No answer, and why, where the request is refused.</returns>
    public async Task<(ArrayBufferWriter<byte>? Answer, int Status, string Error)> To(
        BodyReader.Body body,
        Webhook? endpoint,
        IHeaderDictionary headers,
        CancellationToken stop
    )
    {
        if (!places.Wait(0, CancellationToken.None))
            return (null, StatusCodes.Status503ServiceUnavailable, "too many reviews at once, try again");
        using var span = ReviewSpan.Start(endpoint is { } asked ? AdmissionReview.Name(asked) : "policies", headers);
        var answered = await AnswerSafely(body, endpoint, span, stop);
        if (span is not null && answered.Answer is null)
            ReviewSpan.Fail(span, answered.Status);
        return answered;
    }

    private async Task<(ArrayBufferWriter<byte>? Answer, int Status, string Error)> AnswerSafely(
        BodyReader.Body body,
        Webhook? endpoint,
        Activity? span,
        CancellationToken stop
    )
    {
        try
        {
            return endpoint is { } webhook ? await Answer(body, webhook, span, stop) : AnswerOfPolicies(body, span);
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

    private async Task<(ArrayBufferWriter<byte>? Answer, int Status, string Error)> Answer(
        BodyReader.Body body,
        Webhook endpoint,
        Activity? span,
        CancellationToken stop
    )
    {
        var started = Stopwatch.GetTimestamp();
        if (AdmissionReview.Read(body.Root, endpoint, options.Time.GetUtcNow(), out var reason) is not { } request)
        {
            return (null, StatusCodes.Status400BadRequest, $"no AdmissionReview could be read: {reason}");
        }
        // an answer without the policies would be a yes to everything: the API server goes by its failurePolicy
        if (options.Standing?.Invoke().HasPolicies == false)
            return (null, StatusCodes.Status503ServiceUnavailable, "the policies are not loaded yet, see /readyz");
        var verdict = options.Judge(options.Ask is { } ask ? await ask(request.Review, stop) : request.Review);
        var answer = new ArrayBufferWriter<byte>(512);
        AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
        answer.Write("\n"u8); // for whoever asks with curl
        reviews.Answered(endpoint, verdict, started);
        if (span is not null)
            ReviewSpan.Describe(span, verdict);
        if (options.Decisions is { } decisions)
            decisions.Add(DecisionLine.Write(request.Uid, verdict, endpoint, Stopwatch.GetElapsedTime(started), decisions.WithObjects));
        if (endpoint == Webhook.Validate)
            options.Judged?.Invoke(verdict);
        foreach (var failure in verdict.Failures)
            faults.Tell($"rule {failure.Rule}", failure.Exception);
        return (answer, StatusCodes.Status200OK, "");
    }

    private (ArrayBufferWriter<byte>? Answer, int Status, string Error) AnswerOfPolicies(BodyReader.Body body, Activity? span)
    {
        if (AdmissionReview.Read(body.Root, Webhook.Validate, options.Time.GetUtcNow(), out var reason) is not { } request)
            return (null, StatusCodes.Status400BadRequest, $"no AdmissionReview could be read: {reason}");
        var maxDays = options.Standing?.Invoke().HasPolicies == false ? null : options.Policies?.Invoke().Set.Settings.MaxExceptionDays;
        var review = PolicyReview.Of(body.Root, options.Time.GetUtcNow(), maxDays, e => faults.Tell("a review of a policy", e));
        var answer = new ArrayBufferWriter<byte>(512);
        review.Write(answer);
        answer.Write("\n"u8);
        reviews.AnsweredPolicy(review.Kind, review.Outcome);
        if (span is not null)
            ReviewSpan.Describe(span, review.Kind, Words.Of(request.Review.Operation), review.Outcome, request.Review.DryRun);
        return (answer, StatusCodes.Status200OK, "");
    }
}
