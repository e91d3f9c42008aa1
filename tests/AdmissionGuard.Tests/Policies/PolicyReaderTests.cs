using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using static AdmissionGuard.Tests.Policies.PolicyDocument;

namespace AdmissionGuard.Tests.Policies;

public sealed class PolicyReaderTests
{
    private const string Detection = "destination-rule-outlier-detection";

    [Fact]
    public void A_profile_alone_is_the_whole_profile()
    {
        var policy = Read("{'profile': 'strict'}");
        Assert.Equal(Catalogue.Rules.Where(r => r.Strict.Action != GuardAction.Off).Select(r => r.Id), policy.Rules.Select(s => s.Rule.Id));
        Assert.All(policy.Rules, s => Assert.Equal((s.Rule.Strict.Action, s.Rule.Strict.Fix), (s.Action, s.Fix)));
        Assert.Equal((PolicyMode.Enforce, true), (policy.Mode, policy.Ratchet));
    }

    [Fact]
    public void A_rule_named_beside_a_profile_overrides_what_it_says_and_nothing_else()
    {
        var policy = Read(
            $"{{'profile': 'baseline', 'rules': [{{'rule': '{Detection}', 'fix': true, 'parameters': {{'maxEjectionPercent': 40}}}}]}}"
        );
        var setting = policy.Rules.Single(s => s.Rule.Id == Detection);
        Assert.Equal((GuardAction.Deny, true), (setting.Action, setting.Fix));
        Assert.Equal("40", Value(setting, "maxEjectionPercent"));
        Assert.Equal("5", Value(setting, "consecutive5xxErrors"));
        Assert.Equal(GuardPolicy.Of(Profile.Baseline).Rules.Count, policy.Rules.Count);
    }

    /// <summary>What <c>action: off</c> becomes on its way through YAML 1.1.</summary>
    [Fact]
    public void A_bare_off_is_refused_with_what_to_write()
    {
        PolicyReader.Read(
            Judge.Json(
                $"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardPolicy', 'metadata': {{'name': 'test'}}, 'spec': {{'profile': "
                    + $"'baseline', 'rules': [{{'rule': '{Detection}', 'action': false}}]}}}}"
            ),
            out var errors
        );
        Assert.Equal("is false; valid are deny, warn, audit, off; YAML reads a bare off so, write \"off\"", Assert.Single(errors).Message);
    }

    [Fact]
    public void A_rule_that_the_profile_leaves_off_is_on_where_it_is_named()
    {
        var off = Catalogue.Rules.First(r => r.Baseline.Action == GuardAction.Off);
        var policy = Read($"{{'profile': 'baseline', 'rules': [{{'rule': '{off.Id}'}}]}}");
        Assert.Equal(off.Strict.Action, Assert.Single(policy.Rules, s => s.Rule.Id == off.Id).Action);
    }

    [Fact]
    public void A_rule_switched_off_is_gone()
    {
        var policy = Read($"{{'profile': 'baseline', 'rules': [{{'rule': '{Detection}', 'action': 'off'}}]}}");
        Assert.DoesNotContain(policy.Rules, s => s.Rule.Id == Detection);
    }

    [Fact]
    public void Without_a_profile_only_the_named_rules_apply_as_baseline_has_them_but_repair_nothing_unasked()
    {
        var fixable = Catalogue.Rules.First(r => r.Fixable && r.Baseline.Action != GuardAction.Off);
        var setting = Assert.Single(Read($"{{'rules': [{{'rule': '{fixable.Id}'}}]}}").Rules);
        Assert.Equal((fixable.Baseline.Action, false), (setting.Action, setting.Fix));
    }

    [Fact]
    public void Everything_of_a_match_is_read()
    {
        var match = Read(
            "{'profile': 'baseline', 'mode': 'warn', 'ratchet': false, 'match': {'kinds': ['DestinationRule'], 'operations': ['CREATE', "
                + "'UPDATE'], 'namespaces': ['pay-*'], "
                + "'excludeNamespaces': ['pay-sandbox'], 'users': ['a'], 'groups': ['g'], 'excludeUsers': ['b'], 'excludeGroups': ['h']}}"
        ).Match;
        Assert.Equal([ObjectKind.DestinationRule], match.Kinds);
        Assert.Equal([Operation.Create, Operation.Update], match.Operations);
        Assert.Equal(
            ["pay-*", "pay-sandbox", "a", "g", "b", "h"],
            [.. match.Namespaces, .. match.ExcludeNamespaces, .. match.Users, .. match.Groups, .. match.ExcludeUsers, .. match.ExcludeGroups]
        );
    }

    [Fact]
    public void Every_error_is_said_at_once_with_its_place_and_the_nearest_name() =>
        Assert.Equal(
            [
                "spec.ruls: spec has no key \"ruls\", did you mean rules?",
                "spec.profile: is \"basline\"; valid are baseline, strict, none, did you mean baseline?",
                "spec.mode: is \"enforced\"; valid are enforce, warn, audit, did you mean enforce?",
                "spec.ratchet: is \"yes\", true or false is expected",
                "spec.match.namespace: match has no key \"namespace\", did you mean namespaces?",
                $"spec.match.kinds[0]: is \"Destinationrule\"; valid are {string.Join(", ", Catalogue.Kinds)}, did you mean DestinationRule?",
                "spec.match.operations[0]: is \"create\"; valid are CREATE, UPDATE, DELETE, did you mean CREATE?",
                "spec.match.users: is \"jane\", a list is expected",
                "spec.rules[0].rule: there is no rule \"destination-rule-outlier-detction\", did you mean destination-rule-outlier-detection?",
                "spec.rules[1].acton: a rule's entry has no key \"acton\", did you mean action?",
                "spec.rules[1].action: is \"block\"; valid are deny, warn, audit, off",
                "spec.rules[1].parameters.maxEjectPercent: rule destination-rule-outlier-detection has no parameter \"maxEjectPercent\", did "
                    + "you mean maxEjectionPercent?",
                "spec.rules[1].parameters.consecutive5xxErrors: is 0, 1 to 100 is allowed",
                "spec.rules[1].parameters.interval: is \"10\", a duration such as 30s or 10m is expected",
                "spec.rules[2].rule: rule destination-rule-outlier-detection stands in this policy twice",
                "spec.rules[3].rule: names no rule",
                "spec.rules[4]: is \"x\", a map with the key rule is expected",
            ],
            Errors(
                "{'ruls': [], 'profile': 'basline', 'mode': 'enforced', 'ratchet': 'yes', 'match': {'namespace': 'x', 'kinds': "
                    + "['Destinationrule'], 'operations': ['create'], 'users': 'jane'}, "
                    + $"'rules': [{{'rule': 'destination-rule-outlier-detction'}}, {{'rule': '{Detection}', 'acton': 'deny', 'action': 'block', "
                    + $"'parameters': {{'maxEjectPercent': 1, 'consecutive5xxErrors': 0, 'interval': '10'}}}}, "
                    + $"{{'rule': '{Detection}'}}, {{}}, 'x']}}"
            )
        );

    [Theory]
    [InlineData("{}", "spec.rules: names no rule and profile is none: this policy would do nothing")]
    [InlineData("[]", "spec: is a list, a map is expected")]
    [InlineData("{'profile': 'baseline', 'rules': {}}", "spec.rules: is a map, a list of rules is expected")]
    [InlineData("{'profile': 'baseline', 'match': []}", "spec.match: is a list, a map is expected")]
    [InlineData("{'profile': 'baseline', 'match': {'namespaces': [1]}}", "spec.match.namespaces[0]: is 1, a name is expected")]
    public void A_policy_that_would_not_do_what_it_says_is_refused(string spec, string error) => Assert.Equal([error], Errors(spec));

    [Fact]
    public void Without_a_name_or_in_another_version_it_is_refused()
    {
        Assert.Null(
            PolicyReader.Read(
                Judge.Json("{'apiVersion': 'admissionguard.io/v1', 'kind': 'GuardPolicy', 'spec': {'profile': 'baseline'}}"),
                out var errors
            )
        );
        Assert.Equal(
            [
                "apiVersion: is \"admissionguard.io/v1\", admissionguard.io/v1alpha1 is read",
                "metadata.name: is missing: a policy's name stands in every refusal",
            ],
            errors.Select(e => $"{e.Path.ToText()}: {e.Message}")
        );
    }

    [Fact]
    public void A_repair_where_there_is_none_is_refused()
    {
        var rule = Catalogue.Rules.First(r => !r.Fixable);
        Assert.Equal([$"spec.rules[0].fix: rule {rule.Id} has no repair"], Errors($"{{'rules': [{{'rule': '{rule.Id}', 'fix': true}}]}}"));
    }

    [Fact]
    public void Junk_in_any_place_is_an_error_and_never_an_exception()
    {
        string[] junk = ["null", "1", "\"x\"", "[]", "{}", "[null]", "[[1]]", "true"];
        foreach (
            var key in (string[])
                ["metadata", "spec", "profile", "mode", "match", "ratchet", "rules", "kinds", "rule", "action", "fix", "parameters", "interval"]
        )
        {
            foreach (var value in junk)
            {
                var text =
                    $"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardPolicy', 'metadata': {{'name': 'x'}}, 'spec': {{'profile': "
                    + $"'baseline', 'mode': 'warn', 'ratchet': true, 'match': {{'kinds': ['Rollout']}}, "
                    + $"'rules': [{{'rule': '{Detection}', 'action': 'deny', 'fix': true, 'parameters': {{'interval': '5s'}}}}]}}}}";
                var at = text.IndexOf($"'{key}': ", StringComparison.Ordinal) + key.Length + 4;
                var policy = PolicyReader.Read(WithValue(text, at, value), out var errors);
                Assert.Equal(policy is null, errors.Count > 0);
            }
        }
    }

    private static Node WithValue(string text, int at, string value)
    {
        var original = Judge.Json(text);
        var offset = System.Text.Encoding.UTF8.GetByteCount(text[..at]);
        var path = Pointer.Of(original, Find(original, offset));
        var node = path.Resolve(original).Node;
        var raw = original.Raw;
        return Node.Parse((byte[])[.. raw[..offset], .. System.Text.Encoding.UTF8.GetBytes(value), .. raw[(offset + node.Raw.Length)..]]);
    }

    private static Node Find(Node node, int offset)
    {
        foreach (var entry in node.Entries)
        {
            var child = entry.Value;
            var found = Search(child, node, offset);
            if (found.Exists)
                return found;
        }
        return default;
    }

    private static Node Search(Node node, Node root, int offset)
    {
        if (node.OffsetIn(root) == offset)
            return node;
        foreach (var entry in node.Entries)
        {
            var found = Search(entry.Value, root, offset);
            if (found.Exists)
                return found;
        }
        foreach (var item in node.Items)
        {
            var found = Search(item, root, offset);
            if (found.Exists)
                return found;
        }
        return default;
    }
}
