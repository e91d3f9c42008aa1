using AdmissionGuard.Core.Rules;

namespace AdmissionGuard.Tests.Commands;

public sealed class RulesTests : CommandLine
{
    [Fact]
    public async Task The_list_has_a_line_for_every_rule()
    {
        var outcome = await Run(["rules"]);
        Assert.Equal(0, outcome.Status);
        Assert.All(Catalogue.Rules, r => Assert.Contains($"\n{r.Id} ", outcome.Out, StringComparison.Ordinal));
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public async Task One_rule_is_explained_with_every_parameter()
    {
        foreach (var rule in Catalogue.Rules)
        {
            var outcome = await Run(["rules", rule.Id]);
            Assert.Equal(0, outcome.Status);
            Assert.StartsWith(rule.Id + "\n", outcome.Out, StringComparison.Ordinal);
            Assert.All(rule.Parameters, p => Assert.Contains($"\n  {p.Name}: ", outcome.Out, StringComparison.Ordinal));
            Assert.All(outcome.Out.Split('\n'), l => Assert.Equal(l.TrimEnd(), l));
        }
    }

    /// <summary>With names put in, what is printed to be copied is read as it stands.</summary>
    [Fact]
    public async Task The_exception_that_is_printed_can_be_pasted()
    {
        foreach (var rule in Catalogue.Rules)
        {
            var text = (await Run(["rules", rule.Id])).Out;
            var lines = text[text.IndexOf("  apiVersion:", StringComparison.Ordinal)..]
                .Split('\n')
                .TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal))
                .Select(l => l[2..]);
            var file = Write(
                "exception.yaml",
                string.Join('\n', lines).Replace("NAMESPACE", "shop", StringComparison.Ordinal).Replace("NAME", "api", StringComparison.Ordinal)
            );
            var outcome = await Run(["check", "--policy", file, Write("dr.yaml", Good)]);
            Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        }
    }

    [Fact]
    public async Task Json_is_an_array_of_one_or_of_all()
    {
        var all = (await Run(["rules", "--output", "json"])).Json.AsArray();
        Assert.Equal(Catalogue.Rules.Select(r => r.Id), all.Select(r => (string?)r!["id"]));
        var one = Assert.Single((await Run(["rules", Rule, "--output", "json"])).Json.AsArray())!.AsObject();
        Assert.Equal(["id", "summary", "why", "remedy", "kinds", "parameters", "action", "fixable"], one.Select(p => p.Key));
        Assert.Equal("DestinationRule", (string?)Assert.Single(one["kinds"]!.AsArray()));
        Assert.Equal("""{"baseline":"deny","strict":"deny"}""", one["action"]!.ToJsonString());
        Assert.True((bool)one["fixable"]!);
    }

    [Fact]
    public async Task An_unknown_rule_is_told_with_the_nearest_name()
    {
        var outcome = await Run(["rules", "destination-rule-outlier-detectoin"]);
        Assert.Equal((2, ""), (outcome.Status, outcome.Out));
        Assert.Equal($"there is no rule \"destination-rule-outlier-detectoin\", did you mean {Rule}?\n", outcome.Error);
    }
}
