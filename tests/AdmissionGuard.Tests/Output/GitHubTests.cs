using AdmissionGuard.Tests.Commands;

namespace AdmissionGuard.Tests.Output;

/// <summary>What the runner of GitHub Actions makes annotations of.</summary>
public sealed class GitHubTests : CommandLine
{
    [Fact]
    public async Task A_finding_is_a_command_of_one_line_with_its_place()
    {
        var file = Write("dr.yaml", Bad);
        var outcome = await Check(file, "--output", "github");
        Assert.Equal(1, outcome.Status);
        var lines = outcome.Out.Split('\n');
        Assert.StartsWith(
            $"::error file={file},line=6,col=1,title=deny%3A {Rule}::DestinationRule shop/api, "
                + $"spec.trafficPolicy.outlierDetection%0Aapi.shop.svc.cluster.local has no",
            lines[0],
            StringComparison.Ordinal
        );
        Assert.Contains("%0Awrite:%0AtrafficPolicy:%0A  outlierDetection:%0A", lines[0], StringComparison.Ordinal);
        Assert.Equal("1 document, 1 reviewed: 1 deny, 0 warn, 0 fix, 0 audit", lines[1]);
    }

    [Fact]
    public async Task What_a_manifest_says_begins_no_command_and_ends_none()
    {
        var file = Write(
            "a,b:c%.yaml",
            Bad.Replace("name: api", "name: \"x\\n::add-mask::y\"", StringComparison.Ordinal)
                .Replace("api.shop.svc.cluster.local", "\"100%\\r\\n::stop-commands::z\"", StringComparison.Ordinal)
        );
        var outcome = await Check(file, "--output", "github");
        var lines = outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"::warning file={At("a%2Cb%3Ac%25.yaml")},line=6,col=1,title=", lines[0], StringComparison.Ordinal);
        Assert.Contains("100%25  ::stop-commands::z", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_strictest_come_first_and_what_GitHub_drops_is_counted()
    {
        var warned = string.Concat(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    Bad.Replace("name: api", $"name: w{i}", StringComparison.Ordinal)
                        .Replace("namespace: shop", "namespace: old", StringComparison.Ordinal) + "\n---\n"
                )
        );
        var policies = Write(
            "two.yaml",
            Policy("deny", $"- {{rule: {Rule}, action: deny}}").Replace("spec:", "spec:\n  match: {namespaces: [shop]}", StringComparison.Ordinal)
                + "---\n"
                + Policy("warn", $"- {{rule: {Rule}, action: warn}}")
        );
        var lines = (await Run(["check", "--policy", policies, "--output", "github", Write("dr.yaml", warned + Bad)])).Out.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        Assert.StartsWith("::error ", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..13], l => Assert.StartsWith("::warning ", l, StringComparison.Ordinal));
        Assert.Equal("GitHub annotates 10 of a level; 2 more stand in this log only", lines[13]);
        Assert.Equal("13 documents, 13 reviewed: 1 deny, 12 warn, 0 fix, 0 audit", lines[14]);
    }

    [Fact]
    public async Task What_could_not_be_read_is_an_error_with_its_line()
    {
        var outcome = await Check("--output", "github", Write("broken.yaml", "a: 1\nkind: [\n"), At("missing.yaml"));
        Assert.Equal(2, outcome.Status);
        Assert.Contains($"::error file={At("missing.yaml")},title=not judged::does not exist\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"::error file={At("broken.yaml")},line=", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_is_shown_only_to_whom_asks_and_as_a_notice()
    {
        var file = Write("dr.yaml", Bad);
        string[] asArgo = [file, "--user", "system:serviceaccount:argo-rollouts:argo-rollouts", "--output", "github"];
        Assert.StartsWith("1 document", (await Check(asArgo)).Out, StringComparison.Ordinal);
        Assert.StartsWith(
            $"::notice file={file},line=6,col=1,title=audit (controller)%3A {Rule}::",
            (await Check([.. asArgo, "--audit"])).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Standard_input_is_no_file_and_its_line_is_told()
    {
        var outcome = await Run(["check", "--policy", PolicyFile, "-", "--output", "github"], input: Bad);
        Assert.StartsWith($"::error title=deny%3A {Rule}::line 6 of standard input: DestinationRule shop/api", outcome.Out, StringComparison.Ordinal);
    }
}
