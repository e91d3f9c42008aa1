using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The versions of a Rollout that the cluster has run: Argo keeps a ReplicaSet of each for <c>revisionHistoryLimit</c> revisions
/// (docs/facts/argo-rollouts.md#revisions).
/// </summary>
public static class StoredVersions
{
    public const string HashLabel = "rollouts-pod-template-hash";

    private const string Revision = "rollout.argoproj.io/revision";
    private const string History = "rollout.argoproj.io/revision-history";

    /// <summary>Whether an update brings another template, so that the ReplicaSets must be asked.</summary>
    /// <param name="old">The stored Rollout.</param>
    public static bool AreAsked(Node old, Node now) =>
        old["spec"u8]["template"u8].Exists && now["spec"u8]["template"u8].Exists && !old["spec"u8]["template"u8].SameAs(now["spec"u8]["template"u8]);

    /// <summary>
    /// Whether an update goes back: to the template of the stable version, or to one whose first revision is before the stable one's. A version that
    /// came after it, such as one that was aborted, is a release again and no rollback.
    /// </summary>
    /// <param name="old">The stored Rollout, with its status.</param>
    /// <param name="replicaSets">All of the Rollout's namespace that its selector chooses; those of others are left out.</param>
    public static bool IsRollback(Node old, Node now, IEnumerable<Node> replicaSets)
    {
        if (!AreAsked(old, now) || TemplateEquality.AreSame(old, now, old["spec"u8]["template"u8], now["spec"u8]["template"u8]))
            return false;
        var owned = replicaSets.Where(r => IsOwned(r, old)).ToList();
        var stable = owned.Find(r => HashOf(r) is { Length: > 0 } hash && hash == old["status"u8]["stableRS"u8].Text);
        if (!stable.Exists)
            return false;
        foreach (var replicaSet in owned)
        {
            if (
                TemplateEquality.AreSame(old, now, now["spec"u8]["template"u8], replicaSet["spec"u8]["template"u8])
                && (HashOf(replicaSet) == HashOf(stable) || IsBefore(replicaSet, stable))
            )
                return true;
        }
        return false;
    }

    /// <summary>
    /// By revision, which whoever may edit ReplicaSets can write, and by the time at which the API server made it, which nobody can.
    /// </summary>
    private static bool IsBefore(Node replicaSet, Node stable) => FirstRevision(replicaSet) < FirstRevision(stable) && !IsYounger(replicaSet, stable);

    /// <summary>False where a time is not known.</summary>
    private static bool IsYounger(Node one, Node other) =>
        one["metadata"u8]["creationTimestamp"u8].Text is { } made
        && other["metadata"u8]["creationTimestamp"u8].Text is { } before
        && string.CompareOrdinal(made, before) > 0;

    /// <summary>
    /// The same told from images alone, for manifests and where nobody answers: every image that changes is of an older version, by tags that differ
    /// in nothing else.
    /// </summary>
    public static bool LooksOlder(Node old, Node now)
    {
        var was = ImagesOf(old);
        var images = ImagesOf(now);
        var isOlder = false;
        foreach (var (name, image) in images)
        {
            if (!was.TryGetValue(name, out var before))
                return false;
            if (image == before)
                continue;
            if (Split(image) is not { } to || Split(before) is not { } from || to.Repository != from.Repository)
                return false;
            if (
                NameVersion.In(Version(to.Tag)) is not { } tag
                || NameVersion.In(Version(from.Tag)) is not { } had
                || tag.Around != had.Around
                || tag.AgeTo(had) != Age.Older
            )
                return false;
            isOlder = true;
        }
        return isOlder && was.Count == images.Count;
    }

    private static bool IsOwned(Node replicaSet, Node rollout)
    {
        foreach (var owner in replicaSet["metadata"u8]["ownerReferences"u8].Items)
        {
            if (
                owner["kind"u8].IsText("Rollout"u8)
                && owner["uid"u8].Text is { Length: > 0 } uid
                && uid == rollout["metadata"u8]["uid"u8].Text
                && owner["controller"u8].Kind == System.Text.Json.JsonValueKind.True
            )
                return true;
        }
        return false;
    }

    private static string? HashOf(Node replicaSet) => replicaSet["metadata"u8]["labels"u8][HashLabel].Text;

    /// <summary>A ReplicaSet that is used again gets a new revision, and keeps those before in its history.</summary>
    private static long FirstRevision(Node replicaSet)
    {
        var annotations = replicaSet["metadata"u8]["annotations"u8];
        var first = Number(annotations[Revision].Text);
        foreach (var part in (annotations[History].Text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            first = Math.Min(first, Number(part));
        return first;
    }

    private static long Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;

    private static Dictionary<string, string> ImagesOf(Node rollout)
    {
        var images = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in rollout["spec"u8]["template"u8]["spec"u8]["containers"u8].Items)
            images[item["name"u8].Text ?? ""] = item["image"u8].Text ?? "";
        return images;
    }

    /// <summary>A tag is a version by its place: a bare number counts too.</summary>
    private static string Version(string tag) => tag.StartsWith('v') ? tag : "v" + tag;

    private static (string Repository, string Tag)? Split(string image)
    {
        var colon = image.LastIndexOf(':');
        return colon < 0 || image.Contains('@', StringComparison.Ordinal) || image.IndexOf('/', colon) >= 0
            ? null
            : (image[..colon], image[(colon + 1)..]);
    }
}
