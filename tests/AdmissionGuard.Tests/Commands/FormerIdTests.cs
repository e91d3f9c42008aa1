using System.Text.RegularExpressions;

namespace AdmissionGuard.Tests.Commands;

/// <summary>A rule that was renamed, by its former id wherever users write one.</summary>
public sealed partial class FormerIdTests : CommandLine
{
    private const string Former = "rollout-mirror-load";
    private const string Present = "mirror-load";
    private const string Notice = $"rule {Former} is now called {Present}; the old name is accepted until 2.0\n";

    private static readonly string Manifest = Path.Combine(Repository.Root, "tests", "cases", Present, "bad.yaml");

    private string Old => Write("old.yaml", Policy("old", $"- {{rule: {Former}, action: deny}}"));

    [Fact]
    public async Task A_policy_with_it_is_in_force_and_findings_have_the_present_one()
    {
        var outcome = await Run(["check", "--policy", Old, Manifest]);
        Assert.Equal((1, $"{Old}:7:6: spec.rules[0].rule: {Notice}"), (outcome.Status, outcome.Error));
        Assert.Contains($": deny  {Present}  Rollout catalog/search\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_with_it_excepts()
    {
        var exception = Write(
            "exception.yaml",
            "apiVersion: admissionguard.io/v1alpha1\nkind: GuardException\nmetadata: {name: search}\nspec:\n"
                + $"  rules: [{Former}]\n  match: {{kinds: [Rollout], namespaces: [catalog], names: [search]}}\n"
                + $"  owner: team-search\n  reason: until the migration\n  expires: \"{DateTime.UtcNow.AddDays(30):yyyy-MM-dd}T00:00:00Z\"\n"
        );
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Present}, action: deny}}"));
        Assert.Equal(1, (await Run(["check", "--policy", policy, Manifest])).Status);
        var outcome = await Run(["check", "--policy", policy, "--policy", exception, Manifest]);
        Assert.Equal((0, $"{exception}:5:11: spec.rules[0]: {Notice}"), (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task An_entry_of_a_known_file_with_it_still_matches()
    {
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Present}, action: deny}}"));
        var known = At("known.yaml");
        await Run(["check", "--policy", policy, Manifest, "--known", known, "--write-known"]);
        var written = await File.ReadAllTextAsync(known, TestContext.Current.CancellationToken);
        Write("known.yaml", written.Replace(Present, Former, StringComparison.Ordinal));
        Assert.Contains($"rule: {Former},", await File.ReadAllTextAsync(known, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var outcome = await Run(["check", "--policy", policy, Manifest, "--known", known]);
        Assert.Equal((0, $"{known}: {Notice}"), (outcome.Status, outcome.Error));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task The_rule_is_explained_under_its_present_one(string format)
    {
        var outcome = await Run(["rules", Former, "--output", format]);
        Assert.Equal((0, Notice), (outcome.Status, outcome.Error));
        Assert.Equal((await Run(["rules", Present, "--output", format])).Out, outcome.Out);
    }

    [Fact]
    public async Task Simulation_tells_it_of_both_policies_and_compares_the_same_rule()
    {
        var present = Write("own.yaml", Policy("own", $"- {{rule: {Present}, action: deny}}"));
        var outcome = await Run(["simulate", "--policy", present, "--current", Old, Manifest]);
        Assert.Equal((0, $"{Old}:7:6: spec.rules[0].rule: {Notice}"), (outcome.Status, outcome.Error));
        Assert.Equal($"{Old}:7:6: spec.rules[0].rule: {Notice}", (await Run(["simulate", "--policy", Old, Manifest])).Error);
    }

    [Fact]
    public async Task Cases_of_a_team_tell_it_once_for_a_policy_of_several()
    {
        var manifest = await File.ReadAllTextAsync(Manifest, TestContext.Current.CancellationToken);
        Write("cases/one.yaml", manifest);
        Write("cases/two.yaml", manifest);
        var policy = Write("cases/policy.yaml", Policy("old", $"- {{rule: {Former}, action: deny}}"));
        var outcome = await Run(["test", At("cases"), "--update"]);
        Assert.Equal((0, $"{policy}:7:6: spec.rules[0].rule: {Notice}"), (outcome.Status, outcome.Error));
        Assert.Contains(
            Present,
            await File.ReadAllTextAsync(At("cases/one.expected"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    /// <summary>Of an earlier report and of a decision log, which nobody edits: what they name is the same rule, and nothing is said.</summary>
    [Fact]
    public async Task An_earlier_report_with_it_is_compared_with_the_present_rule()
    {
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Present}, action: deny}}"));
        var json = (await Run(["check", "--policy", policy, Manifest, "--output", "json"])).Out;
        var previous = Write("previous.json", json.Replace($"\"{Present}\"", $"\"{Former}\"", StringComparison.Ordinal));
        var now = Write("same.json", json);
        Assert.Equal(await Page(now), await Page(previous));

        async Task<string> Page(string earlier) =>
            Time().Replace((await Run(["check", "--policy", policy, Manifest, "--output", "html", "--previous", earlier])).Out, "then");
    }

    /// <summary>When a page was made: two pages are made one after the other.</summary>
    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8}Z| [0-9:]{5} UTC)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Time();
}
