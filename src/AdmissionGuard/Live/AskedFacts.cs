using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>
/// What a verdict needs to know of a cluster besides what is watched: asked when a request comes that needs it, and passed in with the review.
/// Nothing
/// here fails a request; what nobody answers in time is unknown.
/// </summary>
internal sealed class AskedFacts(IApiServer api, Func<GuardSettings> settings, TimeProvider time, TextWriter log)
{
    private static readonly Resource ReplicaSets = new("apps", "v1", "replicasets");

    private readonly ControllerAccess access = new(api, time, log);

    /// <summary>The review with who writes, and whether a Rollout goes back to a version that ran before.</summary>
    public async ValueTask<Review> Complete(Review review, CancellationToken stop)
    {
        var current = settings();
        if (review.Kind is null || !Catalogue.Judges(review.Kind) || review.SubResource is { Length: > 0 } || current.Excludes(review.Namespace))
            return review;
        var actor = await access.Recognise(review.Actor, current, stop);
        return review with { Actor = actor, IsRollback = actor.ActsAs is null ? await IsRollback(review, stop) : null };
    }

    /// <summary>Null for what is no change of a Rollout's template, and where nobody answers in time.</summary>
    private async ValueTask<bool?> IsRollback(Review review, CancellationToken stop)
    {
        if (review.Kind != ObjectKind.Rollout || review.Operation != Operation.Update || !StoredVersions.AreAsked(review.OldObject, review.Object))
            return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(ControllerAccess.Patience);
        try
        {
            var stored = await api.List(ReplicaSets, patience.Token, review.Namespace, SelectorOf(review.OldObject));
            return StoredVersions.IsRollback(review.OldObject, review.Object, stored.Items);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            log.WriteLine($"the ReplicaSets of Rollout {review.Namespace}/{review.Name} could not be asked, image tags tell a rollback: {e.Message}");
            return null;
        }
    }

    /// <summary>A ReplicaSet carries the labels of its pods, which the Rollout chooses.</summary>
    private static string SelectorOf(Node rollout)
    {
        var parts = rollout["spec"u8]["selector"u8]["matchLabels"u8].Entries.Select(e => $"{e.Name}={e.Value.Text}");
        return string.Join(',', parts.Append(StoredVersions.HashLabel));
    }
}
