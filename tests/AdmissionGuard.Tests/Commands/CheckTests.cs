namespace AdmissionGuard.Tests.Commands;

public sealed class CheckTests : CommandLine
{
    [Fact]
    public async Task A_denial_is_on_stdout_with_file_and_line_and_exits_1()
    {
        var file = Write("dr.yaml", Bad);
        var outcome = await Check(file);
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith(
            $"{file}:6:1: deny  {Rule}  DestinationRule shop/api\n    spec.trafficPolicy.outlierDetection\n",
            outcome.Out,
            StringComparison.Ordinal
        );
        Assert.EndsWith("\n1 document, 1 reviewed: 1 deny, 0 warn, 0 fix, 0 audit\n", outcome.Out, StringComparison.Ordinal);
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public async Task Nothing_found_exits_0()
    {
        var outcome = await Check(Write("dr.yaml", Good));
        Assert.Equal(0, outcome.Status);
        Assert.Equal("1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit\n", outcome.Out);
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public async Task Colours_are_where_somebody_looks_and_nowhere_else()
    {
        var file = Write("dr.yaml", Bad);
        Assert.DoesNotContain('\e', (await Check(file)).Out);
        Assert.Contains("\e[1;31mdeny\e[0m", (await Run(["check", "--policy", PolicyFile, file], colours: true)).Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', (await Run(["check", "--policy", PolicyFile, "--output", "json", file], colours: true)).Out);
    }

    [Fact]
    public async Task A_folder_is_walked_and_what_is_excluded_is_not_read()
    {
        Write("k8s/a/bad.yaml", Bad);
        Write("k8s/b/good.yml", Named("good", Good));
        Write("k8s/notes.txt", "no manifest");
        var outcome = await Check(At("k8s"));
        Assert.Equal(1, outcome.Status);
        Assert.Contains("2 documents, 2 reviewed", outcome.Out, StringComparison.Ordinal);
        var without = await Check(At("k8s"), "--exclude", "**/a/**");
        Assert.Equal(0, without.Status);
        Assert.Contains("1 document, 1 reviewed", without.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_read_where_a_dash_stands()
    {
        var outcome = await Run(["check", "--policy", PolicyFile, "-"], input: Good + "---\n" + Bad);
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith("-:17:1: deny", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("2 documents, 2 reviewed", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_cannot_be_two_things()
    {
        var outcome = await Run(["check", "--old", "-", "-"], input: Bad);
        Assert.Equal(2, outcome.Status);
        Assert.Equal("standard input (-) can be given only once\n", outcome.Error);
    }

    [Fact]
    public async Task Items_of_a_List_and_JSON_are_objects_like_others()
    {
        var json = Write(
            "dr.json",
            "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"DestinationRule\",\n \"metadata\":{\"name\":\"j\"},\n \"spec\":{\"host\":\"j\"}}"
        );
        var list = Write(
            "list.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- "
                + Bad.Replace("\n", "\n  ", StringComparison.Ordinal)
                + "\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n"
        );
        var outcome = await Check(json, list);
        Assert.Equal(1, outcome.Status);
        Assert.Contains($"{json}:3:2: deny", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"{list}:9:3: deny", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("3 documents, 2 reviewed: 2 deny", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stood_in_the_old_manifests_already_is_a_warning()
    {
        var old = Write("old.yaml", Bad);
        var changed = Write("new.yaml", Bad + "\n  trafficPolicy:\n    loadBalancer: {simple: RANDOM}\n");
        var outcome = await Check(changed, "--old", old);
        Assert.Equal(0, outcome.Status);
        Assert.Contains($"{changed}:8:3: warn (ratchet)  {Rule}", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await Check(changed, "--old", old, "--fail-on", "warn")).Status);
    }

    [Fact]
    public async Task What_became_worse_is_denied_still()
    {
        var outcome = await Check(Write("new.yaml", Bad), "--old", Write("old.yaml", Good));
        Assert.Equal(1, outcome.Status);
    }

    [Fact]
    public async Task What_stands_only_in_the_old_manifests_is_a_deletion()
    {
        var old = Write("old.yaml", Bad + "\n---\n" + Named("other", Good));
        var outcome = await Check(Write("new.yaml", Bad), "--old", old);
        Assert.Equal(0, outcome.Status);
        Assert.Contains("1 document, 2 reviewed", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_controller_is_never_denied()
    {
        var file = Write("dr.yaml", Bad);
        var outcome = await Check(file, "--user", "system:serviceaccount:argo-rollouts:argo-rollouts");
        Assert.Equal(0, outcome.Status);
        Assert.Contains("0 deny, 0 warn, 0 fix, 1 audit (--audit shows them)", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Rule, outcome.Out, StringComparison.Ordinal);
        var shown = await Check(file, "--user", "system:serviceaccount:argo-rollouts:argo-rollouts", "--audit");
        Assert.Contains($"audit (controller)  {Rule}", shown.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await Check(file, "--user", "jane")).Status);
    }

    [Fact]
    public async Task Objects_that_name_no_namespace_are_in_the_one_given()
    {
        var file = Write("dr.yaml", Bad.Replace("  namespace: shop\n", "", StringComparison.Ordinal));
        Assert.Contains("DestinationRule default/api", (await Check(file)).Out, StringComparison.Ordinal);
        Assert.Contains("DestinationRule pay/api", (await Check(file, "--namespace", "pay")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deny", "deny", 1)]
    [InlineData("deny", "warn", 1)]
    [InlineData("deny", "never", 0)]
    [InlineData("warn", "deny", 0)]
    [InlineData("warn", "warn", 1)]
    [InlineData("warn", "never", 0)]
    [InlineData("audit", "warn", 0)]
    public async Task Fails_from_the_level_asked_for(string action, string failOn, int status)
    {
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Rule}, action: {action}}}"));
        var outcome = await Run(["check", Write("dr.yaml", Bad), "--policy", policy, "--fail-on", failOn]);
        Assert.Equal(status, outcome.Status);
    }

    [Fact]
    public async Task A_repair_does_not_fail()
    {
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Rule}, action: deny, fix: true}}"));
        var outcome = await Run(["check", Write("dr.yaml", Bad), "--policy", policy, "--fail-on", "warn"]);
        Assert.Equal(0, outcome.Status);
        Assert.Contains($": fix  {Rule}", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("0 deny, 0 warn, 1 fix", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_exits_2_after_the_rest_is_judged()
    {
        var bad = Write("bad.yaml", Bad);
        var broken = Write("broken.yaml", "kind: [\n");
        var outcome = await Check(broken, At("missing.yaml"), bad);
        Assert.Equal(2, outcome.Status);
        Assert.Contains($"{bad}:6:1: deny", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith("1 document, 1 reviewed: 1 deny, 0 warn, 0 fix, 0 audit; 2 errors\n", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ErrorLines.Length);
        Assert.Contains(outcome.ErrorLines, l => l == $"{At("missing.yaml")}: does not exist");
        Assert.Contains(outcome.ErrorLines, l => l.StartsWith(broken + ":", StringComparison.Ordinal));
        Assert.Equal(2, (await Check(broken, "--fail-on", "never")).Status);
    }

    [Fact]
    public async Task A_value_of_the_wrong_type_is_an_error_with_file_and_line()
    {
        var file = Write("dr.yaml", Good.Replace("consecutive5xxErrors: 5", "consecutive5xxErrors: \"five\"", StringComparison.Ordinal));
        var outcome = await Check(file);
        Assert.Equal(2, outcome.Status);
        Assert.StartsWith(
            $"{file}:10:7: spec.trafficPolicy.outlierDetection.consecutive5xxErrors: \"five\" where a whole number is expected",
            outcome.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("; 1 error\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_that_are_not_ours_are_skipped_and_counted()
    {
        var foreign = Bad.Replace("networking.istio.io/v1", "mesh.example.com/v1", StringComparison.Ordinal);
        var outcome = await Check(Write("all.yaml", foreign + "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: api}\n"));
        Assert.Equal(0, outcome.Status);
        Assert.Equal("2 documents, 0 reviewed: 0 deny, 0 warn, 0 fix, 0 audit\n", outcome.Out);
    }

    [Fact]
    public async Task What_a_manifest_says_moves_no_cursor_and_forges_no_line()
    {
        var file = Write(
            "dr.yaml",
            Bad.Replace("name: api", "name: \"api\\e[2J\\nforged: line\"", StringComparison.Ordinal)
                .Replace("api.shop.svc.cluster.local", "\"a\\nforged: b\\u202e\"", StringComparison.Ordinal)
        );
        var outcome = await Check(file);
        Assert.DoesNotContain('\e', outcome.Out);
        Assert.DoesNotContain('\u202e', outcome.Out);
        Assert.DoesNotContain(outcome.Out.Split('\n'), l => l.StartsWith("forged", StringComparison.Ordinal));
    }
}
