using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Policies;

public sealed class ExceptionReaderTests
{
    private const string Detection = "destination-rule-outlier-detection";
    private const string Match = "{'kinds': ['DestinationRule'], 'namespaces': ['pay-core'], 'names': ['billing']}";

    [Fact]
    public void What_it_covers_is_every_combination_spelt_out()
    {
        var exception = Read(Spec(match: "{'kinds': ['DestinationRule'], 'namespaces': ['a', 'b'], 'names': ['x', 'y']}"), out _)!;
        Assert.Equal(["a/x", "a/y", "b/x", "b/y"], exception.Objects.Select(o => $"{o.Namespace}/{o.Name}"));
        Assert.Equal((Detection, "team-billing", "single legacy replica"), (exception.Rules[0].Id, exception.Owner, exception.Reason));
        Assert.Equal(Judge.Now.AddDays(30), exception.Expires);
    }

    [Fact]
    public void A_former_id_excepts_from_the_rule_with_a_notice()
    {
        const string Rollout = "{'kinds': ['Rollout'], 'namespaces': ['shop'], 'names': ['api']}";
        var exception = Read(Spec(match: Rollout).Replace(Detection, "rollout-mirror-load", StringComparison.Ordinal), out _)!;
        Assert.Equal("mirror-load", Assert.Single(exception.Rules).Id);
        Assert.Equal(
            "spec.rules[0]: rule rollout-mirror-load is now called mirror-load; the old name is accepted until 2.0",
            Assert.Single(exception.Notices).ToString()
        );
        Assert.Equal(
            ["spec.rules[1]: rule mirror-load stands in this exception twice, once as rollout-mirror-load"],
            Errors(Spec(match: Rollout).Replace($"'{Detection}'", "'rollout-mirror-load', 'mirror-load'", StringComparison.Ordinal))
        );
        Assert.Equal(
            ["spec.rules[0]: rule mirror-load judges Rollout, Canary, and match.kinds names DestinationRule"],
            Errors(Spec().Replace(Detection, "rollout-mirror-load", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void An_object_of_the_cluster_has_no_namespace()
    {
        var exception = Read(
            Spec(match: "{'kinds': ['ClusterAnalysisTemplate'], 'namespaces': ['a', 'b'], 'names': ['x']}")
                .Replace(Detection, "analysis-template-can-fail", StringComparison.Ordinal),
            out _
        )!;
        Assert.Equal([new ObjectKey(ObjectKind.ClusterAnalysisTemplate, "", "x")], exception.Objects.Distinct());
    }

    [Fact]
    public void Every_error_is_said_at_once_with_its_place_and_the_nearest_name() =>
        Assert.Equal(
            [
                "spec.expire: spec has no key \"expire\", did you mean expires?",
                "spec.rules[0]: there is no rule \"destination-rule-outlier-detectoin\", did you mean destination-rule-outlier-detection?",
                "spec.rules[2]: rule destination-rule-outlier-detection stands in this exception twice",
                "spec.rules[3]: is 1, a rule's id is expected",
                "spec.match.name: an exception's match has no key \"name\", did you mean names?",
                "spec.match.names: names nothing: an exception spells out kinds, namespaces and names",
                $"spec.match.kinds[0]: is \"DestinationRules\"; valid are {string.Join(", ", Catalogue.Kinds)}, did you mean DestinationRule?",
                "spec.match.namespaces[0]: is \"pay-*\"; names are exact here, * stands for nothing",
                "spec.owner: is missing: who answers for it",
                "spec.reason: has 9 characters, at least 10 are needed",
                "spec.expires: is missing: an exception ends",
            ],
            Errors(
                $"{{'rules': ['destination-rule-outlier-detectoin', '{Detection}', '{Detection}', 1], 'match': {{'kinds': "
                    + $"['DestinationRules'], 'namespaces': ['pay-*'], 'name': ['x']}}, 'reason': '  because i  ', 'expire': 1}}"
            )
        );

    [Theory]
    [InlineData("{}", "spec.rules: names no rule: this exception would do nothing")]
    [InlineData("{}", "spec.match: is missing: kinds, namespaces and names are spelt out")]
    [InlineData("[]", "spec: is a list, a map is expected")]
    [InlineData("{'rules': 'x'}", "spec.rules: is \"x\", a list of rules is expected")]
    [InlineData("{'match': {'kinds': []}}", "spec.match.kinds: names nothing: an exception spells out kinds, namespaces and names")]
    [InlineData("{'owner': 1}", "spec.owner: is 1, a text is expected: who answers for it")]
    [InlineData(
        "{'rules': ['rollout-abort'], 'match': " + Match + "}",
        "spec.rules[0]: rule rollout-abort judges Rollout, and match.kinds names DestinationRule"
    )]
    public void What_would_not_do_what_it_says_is_refused(string spec, string error) => Assert.Contains(error, Errors(spec));

    [Theory]
    [InlineData("2026-12-21T12:00:00Z", true)]
    [InlineData("2026-12-21T12:00:00.5Z", true)]
    [InlineData("2026-12-21T14:00:00+02:00", true)]
    [InlineData("2026-12-21", false)]
    [InlineData("2026-12-21T12:00:00", false)]
    [InlineData("2026-12-21 12:00:00Z", false)]
    [InlineData("2026-13-21T12:00:00Z", false)]
    [InlineData("tomorrow", false)]
    public void The_end_is_a_time_of_RFC_3339(string expires, bool valid)
    {
        Assert.Equal(valid, Read(Spec(expires), out var errors) is not null);
        if (!valid)
            Assert.Equal([$"spec.expires: is \"{expires}\", a time such as \"2027-02-01T00:00:00Z\" is expected"], Lines(errors));
    }

    [Theory]
    [InlineData("2027-02-19T12:00:00Z", "", true)]
    [InlineData("2027-02-19T12:00:01Z", "", false)]
    [InlineData("2027-01-01T00:00:00Z", "2026-11-01T00:00:00Z", true)]
    [InlineData("2027-02-01T00:00:00Z", "2026-11-01T00:00:00Z", false)]
    [InlineData("2028-01-01T00:00:00Z", "2027-12-01T00:00:00Z", false)]
    [InlineData("2020-01-01T00:00:00Z", "", true)]
    public void It_is_as_long_as_the_settings_allow_from_its_creation_or_from_its_reading(string expires, string created, bool valid) =>
        Assert.Equal(valid, Read(Spec(expires), out _, created: created) is not null);

    [Fact]
    public void Too_far_away_says_until_when()
    {
        Read(Spec("2027-02-20T12:00:00Z"), out var errors);
        Assert.Equal(["spec.expires: is 91 days away, at most 90 are allowed: until 2027-02-19T12:00:00Z"], Lines(errors));
        Assert.NotNull(Read(Spec("2027-02-20T12:00:00Z"), out _, maxDays: 91));
        Assert.NotNull(Read(Spec("2099-02-20T12:00:00Z"), out _, maxDays: null));
    }

    [Fact]
    public void It_cannot_name_a_whole_cluster()
    {
        var many = string.Join(", ", Enumerable.Range(0, 1001).Select(i => $"'n{i}'"));
        Read(Spec(match: $"{{'kinds': ['DestinationRule'], 'namespaces': ['a'], 'names': [{many}]}}"), out var errors);
        Assert.Equal(["spec.match: names 1001 objects, at most 1000 are allowed"], Lines(errors));
    }

    [Fact]
    public void Junk_in_any_place_is_an_error_and_never_an_exception()
    {
        foreach (var junk in Junk.In(Document(Spec(), "2026-11-01T00:00:00Z")))
        {
            Assert.Equal(ExceptionReader.Read(junk, Judge.Now, 90, out var errors) is null, errors.Count > 0);
        }
    }

    private static string Spec(string expires = "2026-12-21T12:00:00Z", string match = Match) =>
        $"{{'rules': ['{Detection}'], 'match': {match}, 'owner': 'team-billing', 'reason': 'single legacy replica', 'expires': '{expires}'}}";

    private static GuardException? Read(string spec, out IReadOnlyList<PolicyError> errors, string created = "", int? maxDays = 90) =>
        ExceptionReader.Read(Document(spec, created), Judge.Now, maxDays, out errors);

    private static IEnumerable<string> Errors(string spec)
    {
        Assert.Null(Read(spec, out var errors));
        return Lines(errors);
    }

    private static IEnumerable<string> Lines(IEnumerable<PolicyError> errors) => errors.Select(e => $"{e.Path.ToText()}: {e.Message}");

    private static Node Document(string spec, string created) =>
        Judge.Json(
            $"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardException', 'metadata': {{'name': "
                + $"'legacy'{(created.Length > 0 ? $", 'creationTimestamp': '{created}'" : "")}}}, 'spec': {spec}}}"
        );
}
