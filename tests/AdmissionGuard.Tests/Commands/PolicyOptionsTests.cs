namespace AdmissionGuard.Tests.Commands;

public sealed class PolicyOptionsTests : CommandLine
{
    [Fact]
    public async Task Without_both_the_profile_baseline_applies()
    {
        var finding = (await Run(["check", Write("dr.yaml", Bad), "--output", "json"])).Json["findings"]!
            .AsArray()
            .Single(f => (string?)f!["rule"] == Rule)!;
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

    public static TheoryData<string, string, string> Refused =>
        new()
        {
            {
                "unknown rule",
                Policy("p", "- {rule: destination-rule-outlier-detectoin}"),
                "7:6: spec.rules[0].rule: there is no rule \"destination-rule-outlier-detectoin\", did you mean destination-rule-outlier-detection?"
            },
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

    private const string Settings = "apiVersion: admissionguard.io/v1alpha1\nkind: GuardSettings\nmetadata:\n  name: cluster\nspec:\n  ";

    private static string Exception(DateTimeOffset expires, string name = "legacy") =>
        $"apiVersion: admissionguard.io/v1alpha1\nkind: GuardException\nmetadata:\n  name: {name}\nspec:\n  rules: [{Rule}]\n"
        + $"  match: {{kinds: [DestinationRule], namespaces: [shop], names: [api]}}\n  owner: team-shop\n  reason: until the migration\n  "
        + $"expires: \"{expires.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\"\n";

    [Fact]
    public async Task The_three_kinds_stand_in_one_file_in_any_order()
    {
        var far = Exception(DateTimeOffset.UtcNow.AddDays(200));
        string[] documents = [far, Policy("own", $"- {{rule: {Rule}, action: deny}}"), Settings + "maxExceptionDays: 300\n"];
        foreach (
            var order in (int[][])
                [
                    [0, 1, 2],
                    [2, 1, 0],
                    [1, 2, 0],
                ]
        )
        {
            var outcome = await Run([
                "check",
                Write("dr.yaml", Bad),
                "--policy",
                Write("all.yaml", string.Join("---\n", order.Select(i => documents[i]))),
            ]);
            Assert.Equal(
                (0, "1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit; exceptions cover 1 finding\n", ""),
                (outcome.Status, outcome.Out, outcome.Error)
            );
        }
        var alone = await Run(["check", At("dr.yaml"), "--policy", PolicyFile, "--policy", Write("far.yaml", far)]);
        Assert.Equal(2, alone.Status);
        Assert.Contains(
            $"{At("far.yaml")}:10:3: spec.expires: is 200 days away, at most 90 are allowed: until ",
            alone.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_end_of_an_exception_is_told_and_the_JSON_stays_as_it_is()
    {
        var soon = Write("soon.yaml", Exception(DateTimeOffset.UtcNow.AddDays(2)));
        var outcome = await Check(Write("dr.yaml", Bad), "--policy", soon, "--output", "json");
        Assert.Equal(0, outcome.Status);
        Assert.Equal(["version", "findings", "summary", "errors"], outcome.Json.AsObject().Select(p => p.Key));
        Assert.Equal(["documents", "reviewed", "deny", "warn", "audit", "fix", "known"], outcome.Json["summary"]!.AsObject().Select(p => p.Key));
        Assert.StartsWith(
            $"{At("dr.yaml")}: DestinationRule shop/api: exception legacy for {Rule} ends on ",
            Assert.Single(outcome.ErrorLines),
            StringComparison.Ordinal
        );

        var ended = await Check(At("dr.yaml"), "--policy", Write("ended.yaml", Exception(DateTimeOffset.UtcNow.AddDays(-2))));
        Assert.Equal(1, ended.Status);
        Assert.Contains($"exception legacy for {Rule} ended on ", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_hold_for_manifests_too()
    {
        var outcome = await Check(Write("dr.yaml", Bad), "--policy", Write("settings.yaml", Settings + "excludedNamespaces: [shop]\n"));
        Assert.Equal(
            (0, "1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit; 1 in excluded namespaces, not judged\n"),
            (outcome.Status, outcome.Out)
        );
    }

    public static TheoryData<string, string> Twice =>
        new()
        {
            {
                Settings + "maxExceptionDays: 3\n---\n" + Settings + "maxExceptionDays: 4\n",
                "10:1: there are GuardSettings already: one for the whole cluster"
            },
            {
                Exception(DateTimeOffset.UtcNow.AddDays(3)) + "---\n" + Exception(DateTimeOffset.UtcNow.AddDays(4)),
                "14:1: there is an exception legacy already"
            },
            { Settings + "maxExceptionDay: 3\n", "6:3: spec.maxExceptionDay: spec has no key \"maxExceptionDay\", did you mean maxExceptionDays?" },
            {
                "apiVersion: admissionguard.io/v1alpha1\nkind: GuardExeption\nmetadata: {name: x}\n",
                "1:1: admissionguard.io/v1alpha1 GuardExeption is no GuardPolicy, GuardException or GuardSettings; nothing else is read as a "
                    + "policy, did you mean GuardException?"
            },
        };

    [Theory]
    [MemberData(nameof(Twice))]
    public async Task What_cannot_be_used_is_told_with_its_place_and_the_rest_is_judged(string documents, string error)
    {
        var file = Write("own.yaml", documents);
        var outcome = await Check(Write("dr.yaml", Bad), "--policy", file);
        Assert.Equal(2, outcome.Status);
        Assert.Equal($"{file}:{error}", outcome.ErrorLines.Single(l => l.Contains("own.yaml:", StringComparison.Ordinal)));
        Assert.Contains("1 document, 1 reviewed", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_do_not_make_an_exception_too_long_as_well()
    {
        var file = Write("own.yaml", Exception(DateTimeOffset.UtcNow.AddDays(200)) + "---\n" + Settings + "maxExceptionDays: 300\n  nonsense: 1\n");
        Assert.Contains("nonsense", Assert.Single((await Check(Write("dr.yaml", Bad), "--policy", file)).ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exceptions_and_settings_alone_leave_the_profile_baseline()
    {
        var file = Write("settings.yaml", Settings + "maxExceptionDays: 30\n");
        Assert.Equal(["baseline"], Policies(await Run(["check", Write("dr.yaml", Bad), "--policy", file, "--output", "json"])).Distinct());
        Assert.Equal(
            ["strict"],
            Policies(await Run(["check", At("dr.yaml"), "--policy", file, "--profile", "strict", "--output", "json"])).Distinct()
        );
    }

    [Fact]
    public async Task Errors_stand_in_the_order_of_the_files()
    {
        var first = Write("a.yaml", Policy("p", "- {rule: nonsense}"));
        var second = Write("b.yaml", Settings + "nonsense: 1\n");
        var outcome = await Check(Write("dr.yaml", Bad), "--policy", first, "--policy", second);
        Assert.Equal(["a.yaml", "b.yaml"], outcome.ErrorLines.Select(l => Path.GetFileName(l.Split(':')[0])));
    }

    [Fact]
    public async Task A_server_does_not_begin_with_half_of_its_policies()
    {
        var refused = Write("own.yaml", Policy("p", "- {rule: nonsense}"));
        foreach (
            var verb in (string[][])
                [
                    ["serve"],
                    ["review", "-"],
                ]
        )
        {
            var outcome = await Run([.. verb, "--policy", PolicyFile, "--policy", refused]);
            Assert.Equal((2, ""), (outcome.Status, outcome.Out));
            Assert.Contains("there is no rule \"nonsense\"", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Policies(Outcome outcome) =>
        outcome.Json["findings"]!.AsArray().Where(f => (string?)f!["rule"] == Rule).Select(f => (string)f!["policy"]!);
}
