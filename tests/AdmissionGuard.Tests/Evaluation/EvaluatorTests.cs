using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>The order of the pipeline, with rules made for it: the rule «big» finds every spec.items[].size over 10, keyed by its name.</summary>
public sealed class EvaluatorTests
{
    private static readonly Rule Big = Make("rollout-big", x =>
    {
        foreach (var item in x.Read.Items(x.Spec["items"u8]))
        {
            var node = item;
            if (x.Read.Integer(node["size"u8]) is > 10 and var size)
            {
                x.Report(
                    new Finding(node["size"u8], node["name"u8].Text ?? "", $"size is {size}, at most 10 is allowed")
                    {
                        Excess = size,
                        AtMost = node["advice"u8].Exists ? GuardAction.Warn : GuardAction.Deny,
                    }
                );
            }
        }
    });

    private static readonly Rule Broken = Make("rollout-broken", _ => throw new InvalidOperationException("boom"));

    [Fact]
    public void Every_finding_is_reported_and_the_strictest_comes_first()
    {
        var verdict = Run(Items("('a', 20), ('b', 30)").Replace("30}", "30, 'advice': true}", StringComparison.Ordinal));
        Assert.False(verdict.Allowed);
        Assert.Equal(["a Deny None", "b Warn Advice"], Lines(verdict));
    }

    [Fact]
    public void What_was_there_before_and_is_no_worse_becomes_a_warning()
    {
        var verdict = Run(Items("('a', 20), ('b', 15), ('new', 12)"), Items("('b', 15), ('a', 25)"));
        Assert.Equal(["new Deny None", "a Warn Ratchet", "b Warn Ratchet"], Lines(verdict));
    }

    [Fact]
    public void What_got_worse_keeps_its_action() => Assert.Equal(["a Deny None"], Lines(Run(Items("('a', 26)"), Items("('a', 25)"))));

    [Fact]
    public void Without_ratchet_what_exists_is_judged_like_the_rest() =>
        Assert.Equal(["a Deny None"], Lines(Run(Items("('a', 20), ('b', 1)"), Items("('a', 20)"), Policy(ratchet: false))));

    [Fact]
    public void A_warning_of_the_policy_stays_one_and_says_no_reason() =>
        Assert.Equal(["a Warn None"], Lines(Run(Items("('a', 20)"), policy: Policy(GuardAction.Warn))));

    [Theory]
    [InlineData("{'abort': true}")]
    [InlineData("{'phase': 'Degraded'}")]
    [InlineData("{'stableRS': 'abc', 'currentPodHash': 'def'}")]
    public void Trouble_excuses_nothing(string status) => Assert.Equal(["a Deny None"], Lines(Run(Items("('a', 20)"), Items("('b', 1)", status))));

    [Fact]
    public void A_Rollout_at_rest_is() =>
        Assert.Equal(
            ["a Deny None"],
            Lines(Run(Items("('a', 20)"), Items("('b', 1)", "{'phase': 'Healthy', 'stableRS': 'abc', 'currentPodHash': 'abc'}")))
        );

    [Fact]
    public void A_controller_is_never_told_anything_but_it_is_counted() =>
        Assert.Equal(["a Audit Controller"], Lines(Run(Items("('a', 20)"), actor: Judge.Argo)));

    [Theory]
    [InlineData(PolicyMode.Warn, "a Warn Mode")]
    [InlineData(PolicyMode.Audit, "a Audit Mode")]
    public void A_mode_caps_the_action(PolicyMode mode, string expected) =>
        Assert.Equal([expected], Lines(Run(Items("('a', 20)"), policy: Policy(mode: mode))));

    [Fact]
    public void Of_several_policies_the_strictest_action_wins()
    {
        var cluster = Cluster.Empty.With([
            Policy(GuardAction.Audit, name: "a"),
            Policy(GuardAction.Deny, name: "b"),
            Policy(GuardAction.Warn, name: "c"),
        ]);
        var judgement = Assert.Single(Judge.Verdict(Items("('a', 20)"), cluster: cluster).Judgements);
        Assert.Equal(("b", GuardAction.Deny), (judgement.Policy, judgement.Action));
    }

    [Theory]
    [InlineData(GuardAction.Warn, GuardAction.Deny)]
    [InlineData(GuardAction.Deny, GuardAction.Deny)]
    public void What_two_policies_find_twice_under_one_key_are_two_findings(GuardAction first, GuardAction second)
    {
        var cluster = Cluster.Empty.With([Policy(first, name: "a"), Policy(second, name: "b")]);
        var found = Judge.Verdict(Items("('a', 20), ('a', 30)"), cluster: cluster).Judgements;
        Assert.Equal(["/spec/items/0/size Deny", "/spec/items/1/size Deny"], found.Select(j => $"{j.Path} {j.Action}"));
    }

    [Fact]
    public void Of_several_equally_strict_policies_the_first_by_name_is_named()
    {
        var cluster = Cluster.Empty.With([Policy(name: "b"), Policy(name: "a")]);
        Assert.Equal("a", Assert.Single(Judge.Verdict(Items("('a', 20)"), cluster: cluster).Judgements).Policy);
    }

    [Fact]
    public void A_rule_that_throws_becomes_a_warning_and_the_others_go_on()
    {
        var verdict = Run(Items("('a', 20)"), policy: new GuardPolicy("test", [Setting(Big), Setting(Broken)]));
        Assert.Equal(["a Deny None", "rollout-broken Warn None"], Lines(verdict));
        Assert.Equal("internal", verdict.Judgements[1].Rule);
        Assert.Equal("boom", Assert.Single(verdict.Failures).Exception.Message);
        Assert.True(Run(Items("('a', 1)"), policy: new GuardPolicy("test", [Setting(Broken)])).Allowed);
    }

    [Fact]
    public void A_rule_that_throws_on_the_old_object_only_does_not_fail_the_request()
    {
        var fragile = Make("rollout-fragile", x =>
        {
            if (x.Spec["old"u8].Exists)
                throw new InvalidOperationException("boom");
            x.Report(new Finding(x.Spec, "key", "found"));
        });
        var verdict = Run(Spec("{'new': 1}"), Spec("{'old': 1}"), new GuardPolicy("test", [Setting(fragile)]));
        Assert.Equal(["key Deny None", "rollout-fragile Warn None"], Lines(verdict));
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_said_and_the_rest_is_judged()
    {
        var verdict = Run(Items("('a', 20), ('b', 'huge')"));
        Assert.Equal(["a Deny None"], Lines(verdict));
        var fault = Assert.Single(verdict.TypeFaults);
        Assert.Equal(
            ("rollout-big", "/spec/items/1/size", "\"huge\" where a whole number is expected"),
            (fault.Rule, fault.Path.ToString(), fault.Message)
        );
    }

    [Fact]
    public void A_deletion_is_judged_only_where_a_rule_protects()
    {
        var review = Judge.Review(Items("('a', 20)")) with
        {
            Operation = Operation.Delete,
            OldObject = Judge.Json(Items("('a', 20)")),
            Object = default,
        };
        Assert.Equal("no rule protects it from deletion", Evaluator.Evaluate(review, Cluster.Empty.With([Policy()])).Skipped);

        var protects = new Rule
        {
            Id = "rollout-kept",
            Summary = "",
            Why = "",
            Remedy = "",
            Kinds = [ObjectKind.Rollout],
            Baseline = GuardAction.Deny,
            Strict = GuardAction.Deny,
            OnDelete = true,
            Check = x => x.Report(new Finding(x.Subject.Root, "it", "is in use")),
        };
        Assert.False(Evaluator.Evaluate(review, Cluster.Empty.With([new GuardPolicy("test", [Setting(protects), Setting(Big)])])).Allowed);
    }

    [Theory]
    [InlineData("kind", "not a guarded kind")]
    [InlineData("subresource", "subresource")]
    [InlineData("deleting", "being deleted")]
    [InlineData("unchanged", "changes nothing that is read")]
    [InlineData("no object", "no object")]
    [InlineData("no policy", "no policy is about it")]
    public void What_is_skipped_says_why(string what, string reason)
    {
        var review = Judge.Review(Items("('a', 20)"));
        var policy = Policy();
        review = what switch
        {
            "kind" => review with { Kind = null },
            "subresource" => review with { SubResource = "scale" },
            "deleting" => review with
            {
                Operation = Operation.Delete,
                OldObject = Judge.Json("{'metadata': {'deletionTimestamp': '2026-01-01T00:00:00Z'}, 'spec': {}}"),
            },
            "unchanged" => review with
            {
                Operation = Operation.Update,
                OldObject = Judge.Json(Items("('a', 20)").Replace("'name': 'api'", "'name': 'api', 'labels': {'a': 'b'}", StringComparison.Ordinal)),
            },
            "no object" => review with { Object = default },
            _ => review with { Namespace = "elsewhere" },
        };
        if (what == "no policy")
            policy = new GuardPolicy("test", [Setting(Big)], new Match { Namespaces = ["shop"] });
        var verdict = Evaluator.Evaluate(review, Cluster.Empty.With([policy]));
        Assert.True(verdict.Allowed);
        Assert.Equal(reason, verdict.Skipped);
    }

    [Fact]
    public void Spacing_and_order_of_keys_are_no_change()
    {
        var review = Judge.Review(Spec("{'a': 1, 'items': [{'size': 20}]}"), Spec("{ 'items':[{'size':20}] ,'a':1}"));
        Assert.Equal("changes nothing that is read", Evaluator.Evaluate(review, Cluster.Empty.With([Policy()])).Skipped);
    }

    private static Verdict Run(string json, string? old = null, GuardPolicy? policy = null, Actor? actor = null) =>
        Judge.Verdict(json, old, actor: actor, policy: policy ?? Policy());

    private static IEnumerable<string> Lines(Verdict verdict) => verdict.Judgements.Select(j => $"{j.Finding.Key} {j.Action} {j.Because}");

    private static GuardPolicy Policy(
        GuardAction action = GuardAction.Deny,
        PolicyMode mode = PolicyMode.Enforce,
        bool ratchet = true,
        string name = "test"
    ) => new(name, [Setting(Big) with { Action = action }], mode: mode, ratchet: ratchet);

    private static RuleSetting Setting(Rule rule) => RuleSetting.Of(rule, Profile.Baseline);

    private static Rule Make(string id, Action<Inspection> check) =>
        new()
        {
            Id = id,
            Summary = "",
            Why = "",
            Remedy = "",
            Kinds = [ObjectKind.Rollout],
            Baseline = GuardAction.Deny,
            Strict = GuardAction.Deny,
            Check = check,
        };

    private static string Items(string items, string status = "{}")
    {
        var maps = items
            .Replace("('", "{'name': '", StringComparison.Ordinal)
            .Replace("', ", "', 'size': ", StringComparison.Ordinal)
            .Replace(")", "}", StringComparison.Ordinal);
        return Spec($"{{'items': [{maps}]}}", status);
    }

    private static string Spec(string spec, string status = "{}") =>
        $"{{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {{'name': 'api'}}, 'spec': {spec}, 'status': {status}}}";
}
