using AdmissionGuard.Core.Rollouts;

namespace AdmissionGuard.Tests.Rollouts;

public sealed class RolloutStatusTests
{
    [Theory]
    [InlineData("{'abort': true, 'stableRS': 'a', 'currentPodHash': 'b'}", true)]
    [InlineData("{'phase': 'Degraded', 'stableRS': 'a', 'currentPodHash': 'a'}", true)]
    [InlineData("{'phase': 'Paused', 'stableRS': 'a', 'currentPodHash': 'b'}", true)]
    [InlineData("{'phase': 'Progressing', 'stableRS': 'a', 'currentPodHash': 'b'}", true)]
    [InlineData("{'phase': 'Healthy', 'stableRS': 'a', 'currentPodHash': 'a'}", false)]
    [InlineData("{'phase': 'Progressing', 'stableRS': '', 'currentPodHash': 'a'}", false)]
    [InlineData("{'phase': 'Progressing', 'currentPodHash': 'a'}", false)]
    [InlineData("{'abort': 'true'}", false)]
    [InlineData("{'stableRS': 5, 'currentPodHash': []}", false)]
    [InlineData("{}", false)]
    [InlineData("'junk'", false)]
    [InlineData("null", false)]
    public void Two_versions_an_abort_or_a_degraded_phase_are_trouble(string status, bool trouble) =>
        Assert.Equal(trouble, new RolloutStatus(Judge.Json(status)).InTrouble);

    [Theory]
    [InlineData("{'currentStepIndex': 0}", 0.0)]
    [InlineData("{'currentStepIndex': 1}", 20.0)]
    [InlineData("{'currentStepIndex': 2}", 20.0)]
    [InlineData("{'currentStepIndex': 3}", 50.0)]
    [InlineData("{'currentStepIndex': 4}", 100.0)]
    [InlineData("{'currentStepIndex': '1'}", null)]
    [InlineData("{}", null)]
    public void Users_are_where_the_last_weight_put_them(string status, double? share)
    {
        var canary = Judge.Json("{'steps': [{'pause': {}}, {'setWeight': 20}, {'pause': {}}, {'setWeight': 50}]}");
        Assert.Equal(share, new RolloutStatus(Judge.Json(status)).ShareOf(canary, 100));
    }
}
