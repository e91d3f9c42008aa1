using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Policies;

/// <summary>Selectors as Kubernetes reads them, on objects and on namespaces.</summary>
public sealed class LabelSelectorTests
{
    [Theory]
    [InlineData("{}", "{}", true)]
    [InlineData("{'matchLabels': {'app': 'api'}}", "{'app': 'api', 'x': 'y'}", true)]
    [InlineData("{'matchLabels': {'app': 'api'}}", "{'app': 'web'}", false)]
    [InlineData("{'matchLabels': {'app': 'api'}}", "{}", false)]
    [InlineData("{'matchLabels': {'app': 'api'}}", "{'app': 1}", false)]
    [InlineData("{'matchLabels': {'app': 'api'}}", "[]", false)]
    [InlineData("{'matchLabels': {'app': ''}}", "{'app': ''}", true)]
    [InlineData("{'matchLabels': {'app': 'api', 'tier': 'prod'}}", "{'app': 'api'}", false)]
    [InlineData("{'matchLabels': {'example.com/app': 'api'}}", "{'example.com/app': 'api'}", true)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': ['web', 'api']}]}", "{'app': 'api'}", true)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': ['web']}]}", "{'app': 'api'}", false)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['web']}]}", "{'app': 'api'}", true)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['web']}]}", "{}", true)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['api']}]}", "{'app': 'api'}", false)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'Exists'}]}", "{'app': ''}", true)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'Exists'}]}", "{}", false)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'DoesNotExist'}]}", "{}", true)]
    [InlineData("{'matchExpressions': [{'key': 'app', 'operator': 'DoesNotExist', 'values': []}]}", "{'app': 'api'}", false)]
    [InlineData("{'matchLabels': {'tier': 'prod'}, 'matchExpressions': [{'key': 'app', 'operator': 'Exists'}]}", "{'tier': 'prod'}", false)]
    public void Every_requirement_must_hold(string selector, string labels, bool selects)
    {
        var root = Judge.Json($"{{'metadata': {{'labels': {labels}}}}}");
        Assert.Equal(selects, Read("objectSelector", selector).ObjectSelector!.Selects(root));
        Assert.Equal(selects ? Coverage.Yes : Coverage.No, Read("namespaceSelector", selector).NamespaceSelector!.SelectsNamespace("shop", root));
    }

    [Theory]
    [InlineData("{'matchLabels': {'kubernetes.io/metadata.name': 'shop'}}", Coverage.Yes)]
    [InlineData("{'matchLabels': {'kubernetes.io/metadata.name': 'pay'}}", Coverage.No)]
    [InlineData("{'matchExpressions': [{'key': 'kubernetes.io/metadata.name', 'operator': 'NotIn', 'values': ['shop']}]}", Coverage.No)]
    [InlineData("{'matchLabels': {'tier': 'prod'}}", Coverage.Unknown)]
    [InlineData("{'matchExpressions': [{'key': 'tier', 'operator': 'DoesNotExist'}]}", Coverage.Unknown)]
    [InlineData("{'matchLabels': {'tier': 'prod', 'kubernetes.io/metadata.name': 'shop'}}", Coverage.Unknown)]
    [InlineData("{'matchLabels': {'tier': 'prod', 'kubernetes.io/metadata.name': 'pay'}}", Coverage.No)]
    [InlineData("{}", Coverage.Yes)]
    public void Of_an_unknown_namespace_only_the_name_can_be_judged(string selector, Coverage coverage) =>
        Assert.Equal(coverage, Read("namespaceSelector", selector).Covers(Rollout("{}"), default));

    [Fact]
    public void What_has_no_namespace_is_not_asked_for_its_labels() =>
        Assert.Equal(
            Coverage.Yes,
            Read("namespaceSelector", "{'matchLabels': {'tier': 'prod'}}").Covers(Rollout("{}") with { Namespace = "" }, default)
        );

    [Fact]
    public void A_known_namespace_decides_by_its_labels()
    {
        var match = Read("namespaceSelector", "{'matchLabels': {'tier': 'prod'}}");
        var prod = Judge.Json("{'metadata': {'labels': {'tier': 'prod'}}}");
        Assert.Equal(Coverage.Yes, match.Covers(Rollout("{}"), prod));
        Assert.Equal(Coverage.No, match.Covers(Rollout("{}"), Judge.Json("{'metadata': {}}")));
        Assert.Equal(Coverage.Unknown, match.Covers(Rollout("{}"), default));
    }

    [Theory]
    [InlineData("{'app': 'api'}", "{'app': 'web'}", Coverage.Yes)]
    [InlineData("{'app': 'web'}", "{'app': 'api'}", Coverage.Yes)]
    [InlineData("{'app': 'web'}", "{}", Coverage.No)]
    public void The_new_or_the_old_object_carries_the_label(string labels, string old, Coverage coverage)
    {
        var review = Rollout(labels) with { Operation = Operation.Update, OldObject = Judge.Json($"{{'metadata': {{'labels': {old}}}}}") };
        Assert.Equal(coverage, Read("objectSelector", "{'matchLabels': {'app': 'api'}}").Covers(review, default));
    }

    [Fact]
    public void One_object_must_hold_all_that_a_selector_asks()
    {
        var review = Rollout("{'app': 'api'}") with
        {
            Operation = Operation.Update,
            OldObject = Judge.Json("{'metadata': {'labels': {'tier': 'prod'}}}"),
        };
        Assert.Equal(Coverage.No, Read("objectSelector", "{'matchLabels': {'app': 'api', 'tier': 'prod'}}").Covers(review, default));
    }

    [Fact]
    public void Every_error_of_a_selector_is_said_at_once() =>
        Assert.Equal(
            [
                "spec.match.namespaceSelector.matchLabel: namespaceSelector has no key \"matchLabel\", did you mean matchLabels?",
                "spec.match.namespaceSelector.matchLabels: is a list, a map is expected",
                "spec.match.objectSelector.matchLabels.a: is 1, a text is expected: write it in quotes",
                "spec.match.objectSelector.matchLabels.b: is \"pay-*\", which no label can have: letters, digits, - _ . are allowed, at most "
                    + "63; selectors take no *",
                "spec.match.objectSelector.matchLabels.-c: \"-c\" is no label's key",
                "spec.match.objectSelector.matchExpressions[0]: is \"x\", a map with key, operator and values is expected",
                "spec.match.objectSelector.matchExpressions[1].key: is absent, a label's key is expected",
                "spec.match.objectSelector.matchExpressions[1].operator: is missing; valid are In, NotIn, Exists, DoesNotExist",
                "spec.match.objectSelector.matchExpressions[1].values: is missing: In compares with at least one value",
                "spec.match.objectSelector.matchExpressions[2].vals: a label's expression has no key \"vals\", did you mean values?",
                "spec.match.objectSelector.matchExpressions[2].operator: is \"in\"; valid are In, NotIn, Exists, DoesNotExist, did you mean In?",
                "spec.match.objectSelector.matchExpressions[2].values: is missing: In compares with at least one value",
                "spec.match.objectSelector.matchExpressions[3].values: Exists takes no values",
                "spec.match.objectSelector.matchExpressions[4].values: is empty: NotIn compares with at least one value",
            ],
            Errors(
                "{'namespaceSelector': {'matchLabel': {}, 'matchLabels': []}, 'objectSelector': {'matchLabels': {'a': 1, 'b': 'pay-*', '-c': "
                    + "'x'}, 'matchExpressions': ['x', {}, "
                    + "{'key': 'a', 'operator': 'in', 'vals': []}, {'key': 'a', 'operator': 'Exists', 'values': ['x']}, {'key': 'a', "
                    + "'operator': 'NotIn', 'values': []}]}}"
            )
        );

    [Fact]
    public void Junk_in_any_place_is_an_error_and_never_an_exception()
    {
        var document = Document(
            "{'namespaceSelector': {'matchLabels': {'tier': 'prod'}}, 'objectSelector': {'matchExpressions': [{'key': 'a', 'operator': 'In', "
                + "'values': ['b']}]}}"
        );
        foreach (var junk in Junk.In(document))
            Assert.Equal(PolicyReader.Read(junk, out var errors) is null, errors.Count > 0);
    }

    private static Match Read(string key, string selector)
    {
        var policy = PolicyReader.Read(Document($"{{'{key}': {selector}}}"), out var errors);
        Assert.Empty(errors);
        return policy!.Match;
    }

    private static IEnumerable<string> Errors(string match)
    {
        Assert.Null(PolicyReader.Read(Document(match), out var errors));
        return errors.Select(e => $"{e.Path.ToText()}: {e.Message}");
    }

    private static Node Document(string match) =>
        Judge.Json(
            $"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardPolicy', 'metadata': {{'name': 'test'}}, 'spec': {{'profile': "
                + $"'baseline', 'match': {match}}}}}"
        );

    private static Review Rollout(string labels) =>
        Judge.Review(
            $"{{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {{'name': 'api', 'namespace': 'shop', 'labels': "
                + $"{labels}}}, 'spec': {{}}}}"
        );
}
