using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Tests.Rollouts;

/// <summary>Which versions a cluster has run, told by the ReplicaSets that Argo keeps (docs/facts/argo-rollouts.md#revisions).</summary>
public sealed class StoredVersionsTests
{
    private const string Pod =
        "'metadata': {'labels': {'app': 'api'}}, 'spec': {'containers': [{'name': 'api', 'image': 'api:IMAGE', "
        + "'ports': [{'containerPort': 80}], 'resources': {'limits': {'cpu': '0.5'}}}]}";

    private static Node Rollout(string image, string stable = "h1", string pod = Pod) =>
        Judge.Json(
            "{'metadata': {'uid': 'u1'}, 'spec': {'template': {"
                + pod.Replace("IMAGE", image, StringComparison.Ordinal)
                + "}}, "
                + $"'status': {{'stableRS': '{stable}'}}}}"
        );

    /// <summary>As the API server stores it: with defaults, quantities written anew and Argo's label.</summary>
    private static Node ReplicaSet(string image, string hash, string revision, string history = "", string owner = "u1") =>
        Judge.Json(
            $"{{'metadata': {{'labels': {{'app': 'api', 'rollouts-pod-template-hash': '{hash}'}}, 'annotations': "
                + $"{{'rollout.argoproj.io/revision': '{revision}', 'rollout.argoproj.io/revision-history': '{history}'}}, "
                + $"'ownerReferences': [{{'kind': 'Rollout', 'uid': '{owner}', 'controller': true}}]}}, "
                + "'spec': {'template': {'metadata': {'creationTimestamp': null, 'labels': {'app': 'api', 'rollouts-pod-template-hash': '"
                + hash
                + "'}}, 'spec': {'restartPolicy': 'Always', 'dnsPolicy': 'ClusterFirst', 'securityContext': {}, 'terminationGracePeriodSeconds': 30, "
                + "'schedulerName': 'default-scheduler', 'containers': [{'name': 'api', 'image': 'api:"
                + image
                + "', 'ports': [{'containerPort': 80, 'protocol': 'TCP'}], 'resources': {'limits': {'cpu': '500m'}}, "
                + "'terminationMessagePath': '/dev/termination-log', 'terminationMessagePolicy': 'File', 'imagePullPolicy': 'IfNotPresent'}]}}}}"
        );

    private static readonly Node[] Kept = [ReplicaSet("a", "h1", "1"), ReplicaSet("b", "h2", "2"), ReplicaSet("c", "h3", "3")];

    [Theory]
    [InlineData("b", "a", "h1", true)] // b in mid-release, back to stable
    [InlineData("c", "b", "h3", true)] // c promoted, back to the one before
    [InlineData("c", "a", "h2", true)] // c in mid-release, stable is bad too
    [InlineData("c", "b", "h1", false)] // b was aborted, stable is a
    [InlineData("a", "b", "h1", false)] // b again is a release
    [InlineData("b", "d", "h1", false)] // never ran
    public void A_rollback_goes_to_the_stable_version_or_one_before_it(string from, string to, string stable, bool expected) =>
        Assert.Equal(expected, StoredVersions.IsRollback(Rollout(from, stable), Rollout(to, stable), Kept));

    /// <summary>a, then b, then a again: its ReplicaSet has the newest revision now, and b is no older for it.</summary>
    [Fact]
    public void A_version_that_came_back_keeps_its_first_revision()
    {
        Node[] kept = [ReplicaSet("a", "h1", "3", "1"), ReplicaSet("b", "h2", "2")];
        Assert.False(StoredVersions.IsRollback(Rollout("a"), Rollout("b"), kept));
        Assert.True(StoredVersions.IsRollback(Rollout("b"), Rollout("a"), kept));
    }

    /// <summary>Whoever may edit ReplicaSets can write a revision, and not when the API server made it.</summary>
    [Theory]
    [InlineData("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", true)]
    [InlineData("2026-11-21T10:00:00Z", "2026-11-20T10:00:00Z", false)]
    public void A_ReplicaSet_that_was_made_after_the_stable_one_is_no_earlier_version(string made, string stable, bool expected)
    {
        Node[] kept = [Made(ReplicaSet("evil", "h0", "0"), made), Made(ReplicaSet("b", "h2", "2"), stable)];
        Assert.Equal(expected, StoredVersions.IsRollback(Rollout("b", "h2"), Rollout("evil", "h2"), kept));
    }

    private static Node Made(Node replicaSet, string at) =>
        Judge.Json(
            replicaSet
                .ToString()
                .Replace("\"metadata\": {\"labels\"", $"\"metadata\": {{\"creationTimestamp\": \"{at}\", \"labels\"", StringComparison.Ordinal)
        );

    [Fact]
    public void ReplicaSets_of_others_prove_nothing() =>
        Assert.False(StoredVersions.IsRollback(Rollout("b"), Rollout("a"), [ReplicaSet("a", "h1", "1", owner: "u2")]));

    [Theory]
    [InlineData("'image': 'api:IMAGE'", "'image': 'api:IMAGE', 'command': ['sh']")]
    [InlineData("'cpu': '0.5'", "'cpu': '0.6'")]
    [InlineData("'app': 'api'", "'app': 'api', 'team': 'x'")]
    [InlineData("'containerPort': 80", "'containerPort': 81")]
    public void Another_template_with_the_same_image_is_another_version(string part, string other) =>
        Assert.False(StoredVersions.IsRollback(Rollout("b"), Rollout("a", pod: Pod.Replace(part, other, StringComparison.Ordinal)), Kept));

    [Theory]
    [InlineData("2", "1", true)]
    [InlineData("v1.10", "v1.9", true)]
    [InlineData("1.9", "1.10", false)]
    [InlineData("3f2a9c1", "1b22ee0", false)]
    [InlineData("2", "2", false)]
    public void Without_them_the_order_of_tags_tells(string from, string to, bool expected) =>
        Assert.Equal(expected, StoredVersions.LooksOlder(Rollout(from), Rollout(to)));
}
