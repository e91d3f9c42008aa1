namespace AdmissionGuard.Tests.Commands;

public sealed class CheckRepairTests : CommandLine
{
    private const string Pools = "destination-rule-connection-pool";
    private const string Added = "  trafficPolicy:\n    connectionPool:\n      tcp:\n        maxConnections: 10000\n";
    private const string Shared = Bad + "\n  trafficPolicy: &shared {loadBalancer: {simple: RANDOM}}\nx-copy: *shared\n";

    private readonly string policy;

    public CheckRepairTests() => policy = Write("fix.yaml", Policy("fix", $"- {{rule: {Pools}, action: deny, fix: true}}"));

    private Task<Outcome> Fixing(params string[] args) => Run(["check", "--policy", policy, .. args]);

    [Fact]
    public async Task Fix_writes_the_file_and_counts_what_it_fixed()
    {
        var file = Write("dr.yaml", Bad + "   # end\n");
        var outcome = await Fixing("--fix", file);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Equal("1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit; 1 fixed in 1 file\n", outcome.Out);
        var text = await Text(file);
        Assert.StartsWith(Bad + "   # end\n" + Added, text, StringComparison.Ordinal);
        Assert.Equal(0, (await Fixing("--fix", "--fail-on", "warn", file)).Status);
        Assert.Equal(text, await Text(file));
    }

    [Fact]
    public async Task Diff_prints_what_fix_would_write_and_writes_nothing()
    {
        var file = Write("dr.yaml", Bad + "\n");
        var outcome = await Fixing("--diff", file);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.StartsWith(
            $"--- {file}\n+++ {file}\n@@ -5,3 +5,11 @@\n   namespace: shop\n spec:\n   host: api.shop.svc.cluster.local\n+  trafficPolicy:\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.Contains($"\n\n{file}:6:1: fix  {Pools}", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith(" 1 fix, 0 audit\n", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(Bad + "\n", await Text(file));
    }

    [Fact]
    public async Task Both_together_print_and_write()
    {
        var file = Write("dr.yaml", Bad + "\n");
        var outcome = await Fixing("--diff", "--fix", file);
        Assert.Contains("+  trafficPolicy:\n", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith("\n\n1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit; 1 fixed in 1 file\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(Added, await Text(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_shown_but_never_fixed()
    {
        var diff = await Run(["check", "--policy", policy, "--diff", "-"], input: Bad + "\n");
        Assert.StartsWith("--- -\n+++ -\n@@ ", diff.Out, StringComparison.Ordinal);
        var fix = await Run(["check", "--policy", policy, "--fix", "-"], input: Bad);
        Assert.Equal(
            (2, "", "--fix writes into files, standard input (-) is none: --diff prints what it would write\n"),
            (fix.Status, fix.Out, fix.Error)
        );
    }

    [Fact]
    public async Task A_diff_goes_into_no_format_for_programs()
    {
        var outcome = await Fixing("--diff", "--output", "json", Write("dr.yaml", Bad));
        Assert.Equal((2, "", "--diff prints a text and cannot go into --output json\n"), (outcome.Status, outcome.Out, outcome.Error));
    }

    [Fact]
    public async Task What_others_share_is_left_to_a_person_and_said()
    {
        var file = Write("dr.yaml", Shared);
        var outcome = await Fixing("--fix", file);
        Assert.Equal(Shared, await Text(file));
        Assert.Contains(
            "; not repaired: what &shared in line 8 holds is used by *shared too, write it by hand\n    write:  connectionPool:\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.EndsWith(" 1 fix, 0 audit\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_remains_is_found_on_its_new_line_and_fails()
    {
        var file = Write("dr.yaml", Bad + "\n---\n" + Named("b", Bad) + "\n");
        var both = Write("both.yaml", Policy("both", $"- {{rule: {Pools}, action: deny, fix: true}}\n  - {{rule: {Rule}, action: deny}}"));
        var outcome = await Run(["check", "--policy", both, "--fix", file]);
        Assert.Equal(1, outcome.Status);
        Assert.Contains($"{file}:24:3: deny  {Rule}  DestinationRule shop/b\n", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith(" 2 deny, 0 warn, 0 fix, 0 audit; 2 fixed in 1 file\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ratchet_leaves_what_ran_before_alone()
    {
        var old = Write("old.yaml", Bad);
        var file = Write("dr.yaml", Bad + "\n  exportTo: ['.']\n");
        var outcome = await Fixing("--fix", "--old", old, file);
        Assert.Equal(Bad + "\n  exportTo: ['.']\n", await Text(file));
        Assert.Contains("warn (ratchet)", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_stays_a_link_and_the_mode_stays()
    {
        if (OperatingSystem.IsWindows())
            return;
        var file = Write("real/dr.yaml", Bad);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(At("dr.yaml"), file);
        await Fixing("--fix", At("dr.yaml"));
        Assert.NotNull(new FileInfo(At("dr.yaml")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Contains(Added[..^1], await Text(file), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(At("real")));
    }

    [Fact]
    public async Task What_is_passed_over_is_never_touched()
    {
        Write("k/kustomization.yaml", "patches:\n- path: patch.yaml\n");
        var patch = Write("k/patch.yaml", Bad);
        Write("chart/Chart.yaml", "name: c");
        var template = Write("chart/templates/dr.yaml", Bad);
        await Fixing("--fix", At("k"), At("chart"));
        Assert.Equal((Bad, Bad), (await Text(patch), await Text(template)));
    }

    private static Task<string> Text(string path) => File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
}
