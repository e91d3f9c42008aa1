using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// Somebody tried to break the glass: this request set the annotation, or changed it. What an earlier request wrote counts for nothing, or one
/// emergency would be a pass
/// for ever; and it counts only for a person on call, because whoever can write an object can annotate it.
/// </summary>
/// <param name="Refused">Why it has no effect; null where the glass is broken.</param>
public sealed record BreakGlass(string User, string Reason, string? Refused)
{
    public const string Annotation = $"{ApiGroups.Guard}/break-glass";

    private const int LongestShown = 200;

    public bool IsBroken => Refused is null;

    public string Notice(int denials)
    {
        if (Refused is not null)
            return $"break-glass has no effect: {Refused}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"break-glass: {User} broke the glass ({Shown.Quote(Reason)}); {denials} "
                + $"{(denials == 1 ? "denial became a warning" : "denials became warnings")}"
        );
    }

    /// <summary>Null where this request does not touch it.</summary>
    public static BreakGlass? Of(Review review, GuardSettings settings)
    {
        if (review.Operation == Operation.Delete)
            return null;
        var annotation = AnnotationOf(review.Object);
        if (annotation.Text is not { } reason)
            return null;
        if (review.Operation == Operation.Update && annotation.SameAs(AnnotationOf(review.OldObject)))
            return null;
        var user = Shown.Clip(review.Actor.User, LongestShown);
        return new BreakGlass(user, Shown.Clip(reason.Trim(), LongestShown), Refusal(review.Actor, user, reason, settings));
    }

    /// <summary>Whether an earlier request wrote it, and this one neither changes nor removes it.</summary>
    internal static bool IsStale(Review review) =>
        review.Operation == Operation.Update
        && AnnotationOf(review.Object) is { Text: not null } annotation
        && annotation.SameAs(AnnotationOf(review.OldObject));

    internal const string Stale = "break-glass has no effect: an earlier request wrote the annotation; change its reason to break the glass again";

    private static string? Refusal(Actor actor, string user, string reason, GuardSettings settings)
    {
        if (settings.KindOf(actor) is var kind and not ActorKind.Human)
        {
            return $"{user} is {(kind == ActorKind.GitOps ? "a GitOps account" : "a controller")}, it takes a person; under GitOps the way is a "
                + $"GuardException of a few hours";
        }
        if (!settings.BreakGlassGroups.Any(g => actor.Groups.Contains(g, StringComparer.Ordinal)))
        {
            return settings.BreakGlassGroups.Count == 0
                ? "the settings name no breakGlassGroups"
                : $"{user} is in none of the groups that may ({Shown.Clip(string.Join(", ", settings.BreakGlassGroups), LongestShown)})";
        }
        return Policies.Reason.Length(reason) < Policies.Reason.LeastLength ? $"the reason {Policies.Reason.TooShort(reason)}" : null;
    }

    private static Node AnnotationOf(Node root) => root["metadata"u8]["annotations"u8]["admissionguard.io/break-glass"u8];
}
