namespace AdmissionGuard.Tests.Commands;

/// <summary><c>test</c>: a team's cases.</summary>
public sealed class TestTests : CommandLine
{
    private static readonly string Wanted = Policy("wanted", $"- {{rule: {Rule}, action: deny}}");

    [Fact]
    public async Task A_case_is_written_then_passes_then_fails_with_what_changed()
    {
        var folder = Path.GetDirectoryName(Write("cases/api.yaml", Bad))!;
        Write("cases/policy.yaml", Wanted);
        var missing = await Run(["test", folder]);
        Assert.Equal((1, ""), (missing.Status, missing.Error));
        Assert.Equal($"FAILED   {folder}/api\n  {folder}/api.expected is not there: --update writes it\n1 case: 0 ok, 1 failed\n", missing.Out);
        Assert.Equal($"written  {folder}/api.expected\n1 case: 0 ok, 0 failed, 1 written\n", (await Run(["test", folder, "--update"])).Out);
        Assert.StartsWith(
            $"api.yaml:6:1: deny  {Rule}  DestinationRule shop/api\n",
            File.ReadAllText($"{folder}/api.expected"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            (0, $"ok       {folder}/api\n1 case: 1 ok, 0 failed\n"),
            ((await Run(["test", folder])).Status, (await Run(["test", folder])).Out)
        );

        Write("cases/policy.yaml", Wanted.Replace("deny", "warn", StringComparison.Ordinal));
        var changed = await Run(["test", folder]);
        Assert.Equal(1, changed.Status);
        Assert.Contains($"--- {folder}/api.expected\n+++ what is said now\n", changed.Out, StringComparison.Ordinal);
        Assert.Contains(
            $"\n-api.yaml:6:1: deny  {Rule}  DestinationRule shop/api\n+api.yaml:6:1: warn  {Rule}  DestinationRule shop/api\n",
            changed.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_old_version_makes_it_an_update_and_a_policy_of_its_own_wins()
    {
        var folder = Path.GetDirectoryName(Write("cases/api.yaml", Bad + "\n  exportTo: ['*']\n"))!;
        Write("cases/api.old.yaml", Bad);
        Write("cases/policy.yaml", Wanted);
        Write("cases/api.policy.yaml", Wanted.Replace("wanted", "own", StringComparison.Ordinal));
        await Run(["test", folder, "--update"]);
        Assert.Contains($"warn (ratchet)  {Rule}", File.ReadAllText($"{folder}/api.expected"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_judged_is_told_and_the_others_are()
    {
        var folder = Path.GetDirectoryName(Write("cases/api.yaml", Bad))!;
        Write("cases/web.yaml", Good);
        Write("cases/web.policy.yaml", Wanted);
        await Run(["test", folder, "--update"]);
        var outcome = await Run(["test", folder]);
        Assert.Equal(2, outcome.Status);
        Assert.Equal($"{folder}/api.yaml: no policy for it: write api.policy.yaml or policy.yaml beside it, or give --policy\n", outcome.Error);
        Assert.EndsWith("2 cases: 1 ok, 0 failed, 1 not judged\n", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--now", "yesterday", "--now yesterday: a time such as 2026-11-21T12:00:00Z is expected\n")]
    [InlineData("--profile", "baseline", "nowhere: there is no such file or folder\n")]
    public async Task A_mistake_on_the_command_line_is_one_line(string option, string value, string error) =>
        Assert.Equal((2, error), ((await Run(["test", "nowhere", option, value])).Status, (await Run(["test", "nowhere", option, value])).Error));
}
