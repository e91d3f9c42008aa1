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
    public void Two_versions_an_abort_or_a_degraded_phase_are_trouble(string status, bool trouble) => Assert.Equal(trouble, new RolloutStatus(Judge.Json(status)).InTrouble);
}
