namespace AdmissionGuard.Tests.Commands;

public sealed class UsageTests : CommandLine
{
    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("check")]
    [InlineData("review")]
    [InlineData("plan")]
    [InlineData("rules")]
    [InlineData("generate")]
    public async Task Help_is_on_stdout_and_exits_0(string verb)
    {
        var outcome = await Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Contains("Usage:", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "a verb is missing; see admissionguard --help")]
    [InlineData("chek x", "there is no verb \"chek\", did you mean check?; see admissionguard --help")]
    [InlineData("check", "see admissionguard check --help")]
    [InlineData("check x --output yaml", "see admissionguard check --help")]
    [InlineData("check x --fail-on nothing", "see admissionguard check --help")]
    [InlineData("check x --polcy p.yaml", "there is no option \"--polcy\", did you mean --policy?; see admissionguard check --help")]
    [InlineData("check x --policy", "see admissionguard check --help")]
    [InlineData("check x --profile lax", "'baseline' 'strict'; see admissionguard check --help")]
    [InlineData("review", "see admissionguard review --help")]
    [InlineData("review x --endpoint other", "see admissionguard review --help")]
    [InlineData("review x y", "see admissionguard review --help")]
    [InlineData("plan", "see admissionguard plan --help")]
    [InlineData("plan x --output yaml", "'text' 'svg' 'json'; see admissionguard plan --help")]
    [InlineData("plan x --outpt svg", "there is no option \"--outpt\", did you mean --output?; see admissionguard plan --help")]
    [InlineData("rules x --output yaml", "see admissionguard rules --help")]
    [InlineData("generate", "see admissionguard generate --help")]
    [InlineData("generate crd", "there is nothing to generate called \"crd\", did you mean crds?; see admissionguard generate --help")]
    [InlineData("serve --drain x", "see admissionguard serve --help")]
    [InlineData("serve --drain -1", "--drain is -1, 0 to 600 seconds are allowed; see admissionguard serve --help")]
    [InlineData("serve --listen 8443", "--listen 8443: an address with a port is expected, such as 127.0.0.1:8443")]
    [InlineData("serve --listen 127.0.0.1", "--listen 127.0.0.1: an address with a port is expected, such as 127.0.0.1:8443")]
    [InlineData("serve --listen ::1", "an address with a port is expected")]
    [InlineData("serve --reports yes", "--reports yes: auto or off is expected; see admissionguard serve --help")]
    [InlineData("serve --reports auto", "--reports auto: reports are of a cluster: say --in-cluster, --kubeconfig or --context")]
    [InlineData("serve --events", "--events: they are written in a cluster: say --in-cluster, --kubeconfig or --context")]
    [InlineData("serve --cert-dir /nowhere/at/all", "/nowhere/at/all/tls.crt: not there; --cert-dir is for a folder with tls.crt and tls.key")]
    public async Task Bad_usage_is_one_line_and_exits_2(string args, string line)
    {
        var outcome = await Run(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (outcome.Status, outcome.Out));
        Assert.Contains(line, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }
}
