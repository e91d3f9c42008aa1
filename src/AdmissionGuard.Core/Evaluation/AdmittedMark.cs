using System.Collections.Immutable;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Evaluation;

/// <summary>
/// The annotation by which <c>/mutate</c> remembers what came in as a rollback or by break-glass (docs/how-changes-are-judged.md#emergencies). Its
/// rules have no ratchet: the next change must fix what they find.
/// </summary>
/// <param name="By"><c>rollback</c> or <c>break-glass</c>.</param>
/// <param name="Rules">Their ids.</param>
public sealed record AdmittedMark(string By, ImmutableSortedSet<string> Rules)
{
    public const string Annotation = $"{ApiGroups.Guard}/admitted";

    internal const string Rollback = "rollback";

    internal const string Glass = "break-glass";

    /// <summary>Null where the object has none, or one that names no rule.</summary>
    internal static AdmittedMark? Of(Node root)
    {
        if (ValueIn(root).Text is not { } text)
            return null;
        var words = text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return words.Length < 2 ? null : new AdmittedMark(words[0], [.. words.Skip(1).Take(Catalogue.Rules.Count).Select(Catalogue.PresentId)]);
    }

    internal static Node ValueIn(Node root) => root["metadata"u8]["annotations"u8]["admissionguard.io/admitted"u8];

    /// <summary>As it is written into the annotation.</summary>
    public override string ToString() => $"{By} {string.Join(' ', Rules)}";

    /// <summary>
    /// Whether a change leaves everything alone that is a matter of rules: who pauses, restarts or scales a Rollout, or takes away what Argo wrote,
    /// need not first fix what an emergency has left behind.
    /// </summary>
    internal static bool IsUntouchedBy(Review review)
    {
        if (review.Kind == ObjectKind.Rollout)
            return SameBut(review.OldObject["spec"u8], review.Object["spec"u8], "paused", "restartAt", "replicas");
        return review.Kind == ObjectKind.DestinationRule && PodHashes.IsAllThatChanges(review.OldObject["spec"u8], review.Object["spec"u8]);
    }

    private static bool SameBut(Node old, Node now, params string[] left) =>
        Others(old, left).All(e => e.Value.SameAs(now[e.Key])) && Others(now, left).All(e => old[e.Key].Exists);

    private static IEnumerable<(string Key, Node Value)> Others(Node map, string[] left) =>
        map.Entries.Where(e => !left.Contains(e.Name, StringComparer.Ordinal)).Select(e => (e.Name, e.Value));
}

/// <summary>What <c>/mutate</c> does to the annotation.</summary>
/// <param name="Value">Null where it goes.</param>
/// <param name="Map">Whether the object has annotations at all.</param>
public sealed record MarkChange(string? Value, bool Map);
