using System.Collections.Immutable;
using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>What an exception meant for a review: the findings of one rule that it covers, or covered until its end.</summary>
public sealed record ExceptionUse(GuardException Exception, string Rule, int Findings, DateTimeOffset Now)
{
    public bool HasEnded => Exception.HasEnded(Now);

    /// <summary>What its people should know; null while its end is far.</summary>
    public string? Notice
    {
        get
        {
            if (HasEnded)
                return Text("ended");
            if (Exception.EndsSoon(Now))
                return Text("ends");
            return null;
        }
    }

    private string Text(string verb) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"exception {Shown.Clip(Exception.Name, 100)} for {Rule} {verb} on {Times.Day(Exception.Expires)}, ask "
                + $"{Shown.Clip(Exception.Owner, 100)}"
        );
}

/// <summary>The exceptions that name the object under review. Whether they have ended is judged by the review's time: no clock, no reload.</summary>
internal sealed class AppliedExceptions
{
    private readonly ImmutableArray<GuardException> known;
    private readonly DateTimeOffset now;
    private readonly SortedDictionary<string, ExceptionUse> uses = new(StringComparer.Ordinal);

    private AppliedExceptions(ImmutableArray<GuardException> known, DateTimeOffset now)
    {
        this.known = known;
        this.now = now;
    }

    /// <summary>Null where no exception names the object, which is nearly always.</summary>
    public static AppliedExceptions? Of(Review review, Cluster cluster) =>
        cluster.ExceptionsFor(review.Key) is { IsDefaultOrEmpty: false } known ? new AppliedExceptions(known, review.Now) : null;

    /// <summary>What was covered, and what no longer is, by rule.</summary>
    public IReadOnlyList<ExceptionUse> Uses => [.. uses.Values];

    public bool Cover(Rule rule) => Last(rule) is { } exception && !exception.HasEnded(now);

    /// <summary>What an ended exception covered is not what was always there: it is judged as new.</summary>
    public bool HaveEnded(Rule rule) => Last(rule)?.HasEnded(now) == true;

    /// <summary>What one policy finds; of several that find the same, the most.</summary>
    public void Note(Rule rule, int findings)
    {
        if (findings == 0 || (uses.TryGetValue(rule.Id, out var use) && use.Findings >= findings))
            return;
        uses[rule.Id] = new ExceptionUse(Last(rule)!, rule.Id, findings, now);
    }

    /// <summary>Of several the one that ends last; the first by name where they end together.</summary>
    private GuardException? Last(Rule rule)
    {
        GuardException? last = null;
        foreach (var exception in known)
        {
            if (exception.Names(rule) && (last is null || exception.Expires > last.Expires))
                last = exception;
        }
        return last;
    }
}
