namespace AdmissionGuard.Tests.Commands;

public sealed class PolicyOptionsTests : CommandLine
{
    [Fact]
    public async Task Without_both_the_profile_baseline_applies()
    {
        var finding = (await Run(["check", Write("dr.yaml", Bad), "--output", "json"])).Json["findings"]!.AsArray().Single(f => (string?)f!["rule"] == Rule)!;
        Assert.Equal("baseline", (string?)finding["policy"]);
        Assert.Equal("deny", (string?)finding["action"]);
    }

    [Fact]
    public async Task A_profile_or_a_policy_stands_in_its_place()
    {
        var file = Write("dr.yaml", Bad);
        Assert.Equal(["strict"], Policies(await Run(["check", file, "--profile", "strict", "--output", "json"])));
        Assert.Equal(["test"], Policies(await Check(file, "--output", "json")));
    }

    [Fact]
    public async Task Both_together_apply_both_and_the_strictest_wins()
    {
        var file = Write("dr.yaml", Bad);
        var weak = Write("weak.yaml", Policy("a-weak", $"- {{rule: {Rule}, action: warn}}"));
        Assert.Equal(0, (await Run(["check", file, "--policy", weak])).Status);
        var both = await Run(["check", file, "--policy", weak, "--profile", "baseline", "--output", "json"]);
        Assert.Equal(1, both.Status);
        Assert.Contains("baseline", Policies(both));
    }

    [Fact]
    public async Task A_folder_of_policies_and_several_options_are_all_read()
    {
        Write("policies/one.yaml", Policy("one", $"- {{rule: {Rule}, action: warn}}"));
        var outcome = await Run(["check", Write("dr.yaml", Bad), "--policy", At("policies"), "--policy", PolicyFile, "--output", "json"]);
        Assert.Equal(1, outcome.Status);
        Assert.Equal(["test"], Policies(outcome));
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "unknown rule", Policy("p", "- {rule: destination-rule-outlier-detectoin}"), "7:6: spec.rules[0].rule: there is no rule \"destination-rule-outlier-detectoin\", did you mean destination-rule-outlier-detection?" },
        { "unknown key", Policy("p", $"- {{rule: {Rule}, acton: deny}}"), "did you mean action?" },
        { "no rule", "apiVersion: admissionguard.io/v1alpha1\nkind: GuardPolicy\nmetadata: {name: p}\nspec: {}\n", "would do nothing" },
        { "foreign kind", Bad, "is no GuardPolicy, GuardException or GuardSettings; nothing else is read as a policy" },
        { "no YAML", "kind: [\n", "" },
        { "empty", "", "holds no GuardPolicy, GuardException or GuardSettings" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_policy_that_cannot_be_used_is_an_error_with_its_place(string what, string policy, string reason)
    {
        var own = Write("own.yaml", policy);
        var outcome = await Run(["check", Write("dr.yaml", Bad), "--policy", own, "--policy", PolicyFile]);
        Assert.True(outcome.Status == 2, what);
        Assert.StartsWith(own + ":", outcome.ErrorLines[0], StringComparison.Ordinal);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("1 deny", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_error_of_a_policy_is_told_at_once()
    {
        var own = Write("own.yaml", Policy("p", $"- {{rule: {Rule}, action: no, parameters: {{maxEjectionPercent: 900, nonsense: 1}}}}"));
        Assert.Equal(3, (await Run(["check", Write("dr.yaml", Bad), "--policy", own])).ErrorLines.Length);
    }

    [Fact]
    public async Task A_missing_policy_and_a_name_given_twice_are_errors()
    {
        var missing = await Run(["check", Write("dr.yaml", Bad), "--policy", At("none.yaml")]);
        Assert.Equal((2, $"{At("none.yaml")}: does not exist\n"), (missing.Status, missing.Error));
        var twin = Write("twin.yaml", Policy("test", $"- {{rule: {Rule}}}"));
        var twice = await Run(["check", At("dr.yaml"), "--policy", PolicyFile, "--policy", twin]);
        Assert.Equal(2, twice.Status);
        Assert.Contains($"{twin}:3:1: there is a policy test already", twice.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_does_not_begin_with_half_of_its_policies()
    {
        var refused = Write("own.yaml", Policy("p", "- {rule: nonsense}"));
        foreach (var verb in (string[][])[["serve"], ["review", "-"]])
        {
            var outcome = await Run([.. verb, "--policy", PolicyFile, "--policy", refused]);
            Assert.Equal((2, ""), (outcome.Status, outcome.Out));
            Assert.Contains("there is no rule \"nonsense\"", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Policies(Outcome outcome) => outcome.Json["findings"]!.AsArray().Where(f => (string?)f!["rule"] == Rule).Select(f => (string)f!["policy"]!);
}
