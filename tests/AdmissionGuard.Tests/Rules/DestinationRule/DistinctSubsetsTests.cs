using System.Diagnostics;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.DestinationRule;

public sealed class DistinctSubsetsTests
{
    private static IReadOnlyList<Judgement> Judged(string subsets) =>
        Judge.Rule("destination-rule-distinct-subsets", Rules.Api("null", $"[{subsets}]"), action: GuardAction.Deny);

    private static string Subset(string name, string labels) => $"{{'name': '{name}', 'labels': {{{labels}}}}}";

    [Theory]
    [InlineData("'a': '1'", "'b': '1'", "")]
    [InlineData("'a': '1', 'b': '1'", "'a': '1', 'b': '2'", "")]
    [InlineData("'a': '1', 'b': '1'", "'b': '1', 'a': '1'", "subset y")]
    [InlineData("'a': '1', 'b': '1'", "'b': '1'", "subset y")]
    [InlineData("'a': '1'", "'b': '1', 'a': '1'", "subset x")]
    [InlineData("'a': '1'", "'a': 1", "")]
    public void Equal_labels_and_a_part_of_them_select_the_same_pods(string x, string y, string key)
    {
        var findings = Judged($"{Subset("x", x)}, {Subset("y", y)}");
        Assert.Equal(key, string.Join(',', findings.Select(f => f.Finding.Key)));
        Assert.All(findings, f => Assert.Equal((GuardAction.Warn, Because.Advice), (f.Action, f.Because)));
    }

    [Fact]
    public void Ten_thousand_subsets_are_compared_by_what_they_share()
    {
        var clock = Stopwatch.StartNew();
        Assert.Empty(
            Judged(string.Join(',', Enumerable.Range(0, 10_000).Select(i => Subset($"s{i}", $"'app': 'api', 'half': 'h{i % 2}', 'version': 'v{i}'"))))
        );
        Assert.Equal(
            2,
            Judged(
                string.Join(
                    ',',
                    Enumerable.Range(0, 10_000).Select(i => Subset($"s{i}", i < 2 ? $"'half': 'h{i}'" : $"'half': 'h{i % 2}', 'version': 'v{i}'"))
                )
            ).Count
        );
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }
}
