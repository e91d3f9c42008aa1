using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class AutoscaledReplicasTests
{
    private const string Id = "rollout-autoscaled-replicas";
    private const string Rollout =
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api', 'namespace': 'shop'}, 'spec': {'replicas': 4}}";
    private const string Autoscaler =
        "{'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler', 'metadata': {'name': 'api', 'namespace': 'shop'}, "
        + "'spec': {'scaleTargetRef': {'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'name': 'api'}, 'maxReplicas': 9}}";

    /// <summary>There the HPA itself has written the number.</summary>
    [Fact]
    public void In_a_cluster_nothing_is_said()
    {
        Assert.Empty(Judge.Rule(Id, Rollout, cluster: Shop.With(Autoscaler), action: GuardAction.Warn));
        Assert.Single(Judge.Rule(Id, Rollout, cluster: Judge.ClusterOf(Autoscaler), action: GuardAction.Warn));
    }
}
