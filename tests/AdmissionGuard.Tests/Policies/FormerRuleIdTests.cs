using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using static AdmissionGuard.Tests.Policies.PolicyDocument;

namespace AdmissionGuard.Tests.Policies;

/// <summary>A rule that was renamed, in a policy that is older.</summary>
public sealed class FormerRuleIdTests
{
    [Fact]
    public void A_former_id_sets_the_rule_as_the_present_one_does_with_a_notice()
    {
        var policy = Read(
            "{'profile': 'strict', 'rules': [{'rule': 'rollout-mirror-load', 'action': 'deny', 'parameters': {'maxMirrorPercent': 7}}]}"
        );
        var setting = policy.Rules.Single(s => s.Rule.Id == "mirror-load");
        Assert.Equal((GuardAction.Deny, "7"), (setting.Action, Value(setting, "maxMirrorPercent")));
        Assert.Equal(GuardPolicy.Of(Profile.Strict).Rules.Count, policy.Rules.Count);
        Assert.Equal(
            "spec.rules[0].rule: rule rollout-mirror-load is now called mirror-load; the old name is accepted until 2.0",
            Assert.Single(policy.Notices).ToString()
        );
        Assert.Empty(Read("{'rules': [{'rule': 'mirror-load'}]}").Notices);
    }

    [Theory]
    [InlineData("mirror-load", "rollout-mirror-load")]
    [InlineData("rollout-mirror-load", "mirror-load")]
    public void A_rule_by_both_of_its_ids_is_refused_as_one_that_stands_twice(string first, string second) =>
        Assert.Equal(
            [$"spec.rules[1].rule: rule {second} stands in this policy twice, once as {first}"],
            Errors($"{{'rules': [{{'rule': '{first}'}}, {{'rule': '{second}'}}]}}")
        );
}
