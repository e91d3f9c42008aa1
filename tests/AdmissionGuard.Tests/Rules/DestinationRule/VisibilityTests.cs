using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class VisibilityTests
{
    [Theory]
    [InlineData("['*']", "['.']", false)]
    [InlineData("null", "['*']", false)]
    [InlineData("[]", "null", false)]
    [InlineData("['shop']", "['.']", false)]
    [InlineData("['.']", "['shop', 'web']", true)]
    [InlineData("['web']", "['.']", true)]
    [InlineData("['.']", "[]", true)]
    [InlineData("[5]", "['*']", false)]
    [InlineData("['.']", "'*'", false)]
    public void Only_whoever_loses_the_rule_counts(string now, string before, bool narrowed)
    {
        var findings = Judge.Rule(
            "destination-rule-visibility",
            Rules.Of($"{{'host': 'api', 'exportTo': {now}}}"),
            Rules.Of($"{{'host': 'api', 'exportTo': {before}}}"),
            action: GuardAction.Warn
        );
        Assert.Equal(narrowed ? ["narrowed"] : [], findings.Select(f => f.Finding.Key));
    }
}
