using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Live;

namespace AdmissionGuard.Tests.Commands;

/// <summary><c>audit</c> of fake clusters.</summary>
public sealed class AuditTests : CommandLine
{
    private const string RulesPath = "apis/networking.istio.io/v1/destinationrules";

    private const string Unprotected =
        "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop',"
        + "'labels':{'team':'checkout'}},'spec':{'host':'api'}}";

    [Fact]
    public async Task Judges_what_is_stored_by_the_clusters_own_policies_and_says_who_must_do_what()
    {
        await using var cluster = await Cluster(OwnPolicy);
        cluster.Put(RulesPath, Unprotected);
        cluster.Put(
            RulesPath,
            Unprotected.Replace("'api'", "'web'", StringComparison.Ordinal).Replace(",'labels':{'team':'checkout'}", "", StringComparison.Ordinal)
        );
        cluster.Put(Following.NamespacesPath, "{'metadata':{'name':'shop','labels':{'team':'platform'}}}");
        var outcome = await Run(["audit", "--kubeconfig", Kubeconfig(("one", cluster)), "--context", "one"]);
        Assert.Equal((1, ""), (outcome.Status, outcome.Error));
        Assert.StartsWith(
            $"one: deny  {Rule}  DestinationRule shop/api\n    spec.trafficPolicy.outlierDetection\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.Contains("\n2 objects, 2 reviewed: 2 deny, 0 warn, 0 fix, 0 audit\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(
            "\ncheckout                1      0      0        1\nplatform                1      0      0        1\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.Contains($"\n{Rule}      2      0      0        2\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_former_id_in_a_policy_of_the_cluster_or_of_a_file_is_told()
    {
        const string Notice = "rule rollout-mirror-load is now called mirror-load; the old name is accepted until 2.0\n";
        await using var cluster = await Cluster(OwnPolicy.Replace(Rule, "rollout-mirror-load", StringComparison.Ordinal));
        var kubeconfig = Kubeconfig(("one", cluster));
        var own = await Run(["audit", "--kubeconfig", kubeconfig, "--context", "one"]);
        Assert.EndsWith($"spec.rules[0].rule: {Notice}", own.Error, StringComparison.Ordinal);
        Assert.StartsWith("one: GuardPolicy ", own.Error, StringComparison.Ordinal);
        var file = Write("old.yaml", Policy("old", "- {rule: rollout-mirror-load}"));
        var given = await Run(["audit", "--kubeconfig", kubeconfig, "--context", "one", "--policy", file]);
        Assert.Equal($"{file}:7:6: spec.rules[0].rule: {Notice}", given.Error);
    }

    /// <summary>Settings that say what the defaults say are settings: they replace what the cluster excludes.</summary>
    [Theory]
    [InlineData("spec: {}\n")]
    [InlineData("spec: {maxExceptionDays: 90}\n")]
    public async Task Settings_that_are_given_hold_even_where_they_are_the_defaults(string spec)
    {
        await using var cluster = await Cluster(OwnPolicy);
        cluster.Put(RulesPath, Unprotected);
        cluster.Put(
            Following.SettingsPath,
            "{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardSettings','metadata':{'name':'cluster'},'spec':{'excludedNamespaces':['shop']}}"
        );
        var kubeconfig = Kubeconfig(("one", cluster));
        Assert.Equal(0, (await Run(["audit", "--kubeconfig", kubeconfig, "--context", "one"])).Status);
        var settings = Write("settings.yaml", "apiVersion: admissionguard.io/v1alpha1\nkind: GuardSettings\nmetadata: {name: cluster}\n" + spec);
        var given = await Run(["audit", "--kubeconfig", kubeconfig, "--context", "one", "--policy", PolicyFile, "--policy", settings]);
        Assert.Equal(1, given.Status);
    }

    [Fact]
    public async Task Json_names_the_cluster_and_the_owner_and_no_file()
    {
        await using var cluster = await Cluster(OwnPolicy);
        cluster.Put(RulesPath, Unprotected);
        var finding = Assert.Single(
            (await Run(["audit", "--kubeconfig", Kubeconfig(("one", cluster)), "--context", "one", "--output", "json"])).Json["findings"]!.AsArray()
        )!;
        Assert.Equal(
            ("one", "checkout", "/spec/trafficPolicy/outlierDetection"),
            ((string?)finding["cluster"], (string?)finding["owner"], (string?)finding["path"])
        );
        Assert.Null(finding["file"]);
        Assert.Null(finding["line"]);
    }

    [Theory]
    [InlineData("sarif")]
    [InlineData("junit")]
    [InlineData("github")]
    [InlineData("markdown")]
    public async Task Every_format_can_be_written_without_a_line(string format)
    {
        await using var cluster = await Cluster(OwnPolicy);
        cluster.Put(RulesPath, Unprotected);
        var outcome = await Run(["audit", "--kubeconfig", Kubeconfig(("one", cluster)), "--context", "one", "--output", format]);
        Assert.Equal((1, ""), (outcome.Status, outcome.Error));
        Assert.Contains(Rule, outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("line=0", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("line 0", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_policies_is_judged_by_baseline_and_says_so()
    {
        await using var cluster = await Cluster(policy: null);
        cluster.Put(RulesPath, Unprotected);
        var outcome = await Run(["audit", "--kubeconfig", Kubeconfig(("one", cluster)), "--context", "one"]);
        Assert.Equal("one: the cluster has no GuardPolicy in force: judged by the profile baseline\n", outcome.Error);
        Assert.Contains($"deny  {Rule}  DestinationRule shop/api", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_is_given_takes_the_place_of_the_clusters_and_its_exceptions_hold()
    {
        await using var cluster = await Cluster("{'profile':'none','mode':'warn','rules':[{'rule':'destination-rule-zero-limit'}]}");
        cluster.Put(RulesPath, Unprotected);
        cluster.Put(RulesPath, Unprotected.Replace("'api'", "'old'", StringComparison.Ordinal));
        var expires = DateTimeOffset
            .UtcNow.AddDays(5)
            .UtcDateTime.ToString("yyyy-MM-dd'T'00:00:00'Z'", System.Globalization.CultureInfo.InvariantCulture);
        cluster.Put(
            Following.ExceptionsPath,
            $"{{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardException','metadata':{{'name':'old'}},"
                + $"'spec':{{'rules':['{Rule}'],'match':{{'kinds':['DestinationRule'],'namespaces':['shop'],'names':['old']}},"
                + $"'owner':'shop','reason':'until the migration','expires':'{expires}'}}}}"
        );
        var outcome = await Run(["audit", "--kubeconfig", Kubeconfig(("one", cluster)), "--context", "one", "--policy", PolicyFile]);
        Assert.Equal(1, outcome.Status);
        Assert.Contains("1 deny, 0 warn, 0 fix, 0 audit; exceptions cover 1 finding\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_not_be_listed_is_told_and_the_rest_is_judged()
    {
        await using var cluster = await Cluster("{'profile':'baseline'}");
        cluster.Forbid("api/v1/services");
        cluster.Put(RulesPath, Unprotected);
        var outcome = await Run(["audit", "--kubeconfig", Kubeconfig(("one", cluster)), "--context", "one"]);
        Assert.Equal(0, outcome.Status);
        Assert.StartsWith(
            "one: Service objects could not be listed, so rules that look them up warn at most: ",
            outcome.Error,
            StringComparison.Ordinal
        );
        Assert.Contains($"warn (advice)  {Rule}", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_asked_is_an_error_and_the_others_are_judged()
    {
        await using var cluster = await Cluster(OwnPolicy);
        cluster.Put(RulesPath, Unprotected);
        var gone = await Cluster(OwnPolicy);
        var kubeconfig = Kubeconfig(("one", cluster), ("gone", gone));
        await gone.DisposeAsync();
        var outcome = await Run(["audit", "--kubeconfig", kubeconfig, "--context", "one", "--context", "gone"]);
        Assert.Equal(2, outcome.Status);
        Assert.StartsWith("gone: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Contains($"one: deny  {Rule}", outcome.Out, StringComparison.Ordinal);
    }

    private static readonly string OwnPolicy = $"{{'profile':'none','rules':[{{'rule':'{Rule}'}}]}}";

    private static async Task<FakeApi> Cluster(string? policy)
    {
        var server = await FakeApi.Serving([.. Following.All, RulesPath, "api/v1/services"]);
        if (policy is not null)
            server.Put(
                Following.PoliciesPath,
                $"{{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardPolicy','metadata':{{'name':'own'}},'spec':{policy}}}"
            );
        return server;
    }

    private string Kubeconfig(params (string Name, FakeApi Server)[] clusters) =>
        Write(
            "kubeconfig",
            $$"""
            apiVersion: v1
            kind: Config
            clusters:
            {{string.Join('\n', clusters.Select(c => $"- {{name: {c.Name}, cluster: {{server: \"{c.Server.Server}\"}}}}"))}}
            contexts:
            {{string.Join('\n', clusters.Select(c => $"- {{name: {c.Name}, context: {{cluster: {c.Name}}}}}"))}}
            """
        );
}
