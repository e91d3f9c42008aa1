using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// Somebody has said beforehand that an app goes, by an annotation of the object or its namespace: <c>RFC 3339 end, reason</c>. It counts for
/// deletions alone, until its end, which lies at most an hour away (docs/how-changes-are-judged.md#teardown).
/// </summary>
/// <param name="Where">What carries it, as the object's title says it: the object or the namespace.</param>
/// <param name="Refused">Why it has no effect; null where it counts.</param>
public sealed record Teardown(string Where, DateTimeOffset? End, string Reason, string? Refused)
{
    public const string Annotation = $"{ApiGroups.Guard}/teardown";

    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>As far as a denial offers it.</summary>
    private static readonly TimeSpan Offered = TimeSpan.FromMinutes(30);

    private const int LongestShown = 200;

    public bool IsAnnounced => Refused is null;

    public string Notice(int denials)
    {
        if (Refused is not null)
            return $"the teardown of the {Where} has no effect: {Refused}";
        var became = denials == 1 ? "denial became a warning" : "denials became warnings";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"teardown: the {Where} announces it until {Times.Second(End!.Value)} ({Shown.Quote(Reason)}); {denials} {became}"
        );
    }

    /// <summary>The value that counts from now on, but for its reason.</summary>
    public static string Offer(DateTimeOffset now) => Times.Second(now + Offered);

    /// <summary>Null where nothing announces it, and for what is no deletion. The object's own counts first.</summary>
    public static Teardown? Of(Review review, Cluster cluster)
    {
        if (review.Operation != Operation.Delete)
            return null;
        var own = Of("object", review.OldObject, review.Now);
        if (own is { IsAnnounced: true } || review.Namespace.Length == 0)
            return own;
        var all = Of("namespace", cluster.World.NamespaceOf(review.Namespace), review.Now);
        return all is { IsAnnounced: true } ? all : own ?? all;
    }

    private static Teardown? Of(string where, Node root, DateTimeOffset now)
    {
        if (root["metadata"u8]["annotations"u8]["admissionguard.io/teardown"u8].Text is not { } text)
            return null;
        var words = text.Trim().Split(' ', 2);
        var reason = words.Length > 1 ? words[1].Trim() : "";
        var end = Times.Read(words[0]);
        return new Teardown(where, end, Shown.Clip(reason, LongestShown), Refusal(end, reason, now));
    }

    private static string? Refusal(DateTimeOffset? end, string reason, DateTimeOffset now)
    {
        if (end is not { } time)
            return $"it must begin with its end as RFC 3339 says it, such as {Offer(now)}";
        if (time <= now)
            return $"its end, {Times.Second(time)}, is past";
        if (time - now > Longest)
            return $"its end, {Times.Second(time)}, is more than one hour away";
        return Policies.Reason.Length(reason) < Policies.Reason.LeastLength ? $"the reason {Policies.Reason.TooShort(reason)}" : null;
    }
}
