using System.Diagnostics;
using System.Diagnostics.Metrics;
using AdmissionGuard.Admission;
using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;

namespace AdmissionGuard.Server;

/// <summary>
/// What is measured. Labels are bounded by what we define, never by what users write: endpoint, kind, operation, outcome, rule, action.
/// Warnings are invisible in Argo CD, so counts by rule are how they are seen.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    public const string MeterName = "AdmissionGuard";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> reviews;
    private readonly Counter<long> findings;
    private readonly Counter<long> refused;
    private readonly Counter<long> failures;
    private readonly Counter<long> exempted;
    private readonly Counter<long> glasses;
    private readonly Counter<long> policies;
    private readonly Histogram<double> duration;

    /// <summary>Of this server alone, where a process has several.</summary>
    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, meter);

    public Telemetry()
    {
        reviews = meter.CreateCounter<long>("admissionguard_reviews", description: "Reviews answered.");
        findings = meter.CreateCounter<long>(
            "admissionguard_findings",
            description: "Findings by rule and what came of them; dry runs are not counted."
        );
        refused = meter.CreateCounter<long>(
            "admissionguard_requests_refused",
            description: "Requests answered with an HTTP error instead of a review."
        );
        failures = meter.CreateCounter<long>("admissionguard_rule_failures", description: "Rules that broke and were left out: please report them.");
        exempted = meter.CreateCounter<long>(
            "admissionguard_findings_exempted",
            description: "Findings that a GuardException covered; dry runs are not counted."
        );
        glasses = meter.CreateCounter<long>(
            "admissionguard_break_glass",
            description: "Requests that broke the glass, or tried to; dry runs are not counted."
        );
        policies = meter.CreateCounter<long>(
            "admissionguard_policy_reviews",
            description: "Reviews of policies, exceptions and settings; unreadable ones are let through."
        );
        duration = meter.CreateHistogram<double>("admissionguard_review_duration_seconds", "s", "From the body's last byte to the answer.");
    }

    public void Answered(Webhook endpoint, Verdict verdict, long startedAt)
    {
        var kind = verdict.Review.Kind?.Name ?? "other";
        var tags = new TagList
        {
            { "endpoint", endpoint == Webhook.Mutate ? "mutate" : "validate" },
            { "kind", kind },
            { "operation", Words.Of(verdict.Review.Operation) },
            { "outcome", Outcome(verdict) },
            { "dry_run", verdict.Review.DryRun ? "true" : "false" },
        };
        reviews.Add(1, tags);
        duration.Record(
            Stopwatch.GetElapsedTime(startedAt).TotalSeconds,
            new TagList { { "endpoint", endpoint == Webhook.Mutate ? "mutate" : "validate" } }
        );
        if (!verdict.Review.DryRun)
        {
            if (verdict.Glass is { } glass)
                glasses.Add(1, new TagList { { "kind", kind }, { "outcome", glass.IsBroken ? "broken" : "refused" } });
            foreach (var use in verdict.Exceptions)
            {
                if (!use.HasEnded)
                    exempted.Add(use.Findings, new TagList { { "rule", use.Rule }, { "kind", kind } });
            }
            // equal ones stand together: by action, then in the order of the rules
            for (int i = 0, next; i < verdict.Judgements.Count; i = next)
            {
                var (rule, action) = (verdict.Judgements[i].Rule, verdict.Judgements[i].Action);
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

    public void Dispose() => meter.Dispose();

    private static string Outcome(Verdict verdict) =>
        !verdict.Allowed ? "denied"
        : verdict.Patch.Count > 0 ? "repaired"
        : verdict.Skipped is not null ? "skipped"
        : "allowed";
}
