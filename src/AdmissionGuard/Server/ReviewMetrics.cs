using System.Diagnostics;
using System.Diagnostics.Metrics;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Server;

/// <summary>What is counted of each answer. Warnings are invisible in Argo CD, so counts by rule are how they are seen.</summary>
internal sealed class ReviewMetrics(Instruments instruments)
{
    private readonly Counter<long> reviews = instruments.Counter(Metrics.Reviews);
    private readonly Counter<long> findings = instruments.Counter(Metrics.Findings);
    private readonly Counter<long> refused = instruments.Counter(Metrics.RequestsRefused);
    private readonly Counter<long> failures = instruments.Counter(Metrics.RuleFailures);
    private readonly Counter<long> exempted = instruments.Counter(Metrics.FindingsExempted);
    private readonly Counter<long> glasses = instruments.Counter(Metrics.BreakGlass);
    private readonly Counter<long> teardowns = instruments.Counter(Metrics.Teardown);
    private readonly Counter<long> policies = instruments.Counter(Metrics.PolicyReviews);
    private readonly Histogram<double> duration = instruments.Histogram(Metrics.ReviewDuration);

    public void Answered(Webhook endpoint, Verdict verdict, long startedAt)
    {
        var kind = verdict.Review.Kind?.Name ?? "other";
        var tags = new TagList
        {
            { "endpoint", AdmissionReview.Name(endpoint) },
            { "kind", kind },
            { "operation", Words.Of(verdict.Review.Operation) },
            { "outcome", Outcome(verdict) },
            { "dry_run", verdict.Review.DryRun ? "true" : "false" },
        };
        reviews.Add(1, tags);
        duration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, new TagList { { "endpoint", AdmissionReview.Name(endpoint) } });
        if (!verdict.Review.DryRun)
        {
            if (verdict.BreakGlass is { } glass)
                glasses.Add(1, new TagList { { "kind", kind }, { "outcome", glass.IsBroken ? "broken" : "refused" } });
            if (verdict.Teardown is { } teardown)
                teardowns.Add(1, new TagList { { "kind", kind }, { "outcome", teardown.IsAnnounced ? "announced" : "refused" } });
            foreach (var use in verdict.Exceptions)
            {
                if (!use.HasEnded)
                    exempted.Add(use.Findings, new TagList { { "rule", use.Rule }, { "kind", kind } });
            }
            // equal ones stand together: by action, then in the order of the rules
            for (int i = 0, next; i < verdict.Judgements.Count; i = next)
            {
                var rule = verdict.Judgements[i].Rule;
                var action = verdict.Judgements[i].Action;
                next = i + 1;
                while (next < verdict.Judgements.Count && verdict.Judgements[next].Rule == rule && verdict.Judgements[next].Action == action)
                    next++;
                findings.Add(
                    next - i,
                    new TagList
                    {
                        { "rule", rule },
                        { "kind", kind },
                        { "action", Words.Of(action) },
                    }
                );
            }
        }
        foreach (var failure in verdict.Failures)
            failures.Add(1, new TagList { { "rule", failure.Rule } });
    }

    public void AnsweredPolicy(string kind, string outcome) => policies.Add(1, new TagList { { "kind", kind }, { "outcome", outcome } });

    public void Refused(string reason) => refused.Add(1, new TagList { { "reason", reason } });

    /// <summary>In one word, for counts and spans.</summary>
    public static string Outcome(Verdict verdict)
    {
        if (!verdict.Allowed)
            return "denied";
        if (verdict.Patch.Count > 0)
            return "repaired";
        if (verdict.Skipped is not null)
            return "skipped";
        return "allowed";
    }
}
