using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Tests.Deploy;

namespace AdmissionGuard.Tests.Commands;

public sealed class GenerateTests : CommandLine
{
    [Theory]
    [InlineData("crds", "deploy/base/crd.yaml")]
    [InlineData("webhooks", "deploy/base/webhooks.yaml")]
    [InlineData("rbac", "deploy/base/rbac.yaml")]
    [InlineData("status-policy", "deploy/components/status-writes/policy.yaml")]
    public async Task What_is_installed_is_what_the_program_generates(string what, string file)
    {
        var outcome = await Run(["generate", what]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, file), TestContext.Current.CancellationToken), outcome.Out);
    }

    [Fact]
    public async Task Profiles_are_policies_that_check_takes()
    {
        var outcome = await Run(["generate", "profiles"]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        var check = await Run(["check", "--policy", Write("profiles.yaml", outcome.Out), Write("good.yaml", Good)]);
        Assert.Equal("", check.Error);
    }

    [Fact]
    public async Task Webhooks_leave_out_whom_the_settings_name()
    {
        var file = Write(
            "settings.yaml",
            """
            apiVersion: admissionguard.io/v1alpha1
            kind: GuardSettings
            metadata: {name: cluster}
            spec:
              controllers: ["system:serviceaccount:delivery:argo-rollouts"]
              excludedNamespaces: [kube-system, mesh]
            """
        );
        var outcome = await Run(["generate", "webhooks", "--settings", file]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Contains("values: [kube-system, mesh]", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("'system:serviceaccount:delivery:argo-rollouts'", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("flagger-system", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admissionguard:latest", "k8s")]
    [InlineData(
        "registry.example/tools/admissionguard:0.1.0",
        "deploy/a \"b\": $(id) #c",
        "--image",
        "registry.example/tools/admissionguard:0.1.0",
        "--path",
        "deploy/a \"b\": $(id) #c"
    )]
    public async Task A_workflow_checks_pull_requests_by_the_image_with_few_rights(string image, string path, params string[] options)
    {
        var outcome = await Run(["generate", "github-action", .. options]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        var workflow = Assert.Single(Yaml("workflow.yaml", outcome.Out));
        Assert.Equal(["pull_request"], workflow["on"u8].Entries.Select(e => e.Name));
        Assert.Equal("""{"contents":"read","security-events":"write"}""", workflow["permissions"u8].ToString());
        var steps = workflow.At("jobs/check/steps").Nodes().ToList();
        Assert.All(steps.Where(s => s["uses"u8].Exists), s => Assert.Matches(@"@v\d+$", s["uses"u8].Text));
        var check = Assert.Single(steps, s => s["run"u8].Exists);
        Assert.Equal((image, path), (check.At("env/IMAGE").Text, check.At("env/MANIFESTS").Text));
        Assert.Contains("\"$IMAGE\" check --output sarif \"$MANIFESTS\" > admissionguard.sarif", check["run"u8].Text, StringComparison.Ordinal);
        Assert.Equal("admissionguard.sarif", steps[^1].At("with/sarif_file").Text);
    }

    [Fact]
    public async Task The_hook_of_pre_commit_runs_check_on_the_files_of_a_commit()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".pre-commit-hooks.yaml"), TestContext.Current.CancellationToken);
        // a file of hooks is a list, and manifests are maps
        var hook = Assert.Single(Assert.Single(Yaml("hooks.yaml", "hooks:\n" + text))["hooks"u8].Nodes());
        Assert.Equal(("admissionguard", "system", "admissionguard check"), (hook["id"u8].Text, hook["language"u8].Text, hook["entry"u8].Text));
        Assert.Equal(["yaml", "json"], hook["types_or"u8].Texts());
        Assert.True(hook["pass_filenames"u8].Element().GetBoolean());
    }

    private static IEnumerable<Node> Yaml(string name, string text) => Manifest.Parse(name, Encoding.UTF8.GetBytes(text)).Select(d => d.Root);

    [Fact]
    public async Task Settings_with_an_error_generate_nothing()
    {
        var outcome = await Run([
            "generate",
            "webhooks",
            "--settings",
            Write(
                "settings.yaml",
                "apiVersion: admissionguard.io/v1alpha1\nkind: GuardSettings\nmetadata: {name: cluster}\nspec: {controlers: []}\n"
            ),
        ]);
        Assert.Equal((2, ""), (outcome.Status, outcome.Out));
        Assert.Contains("did you mean controllers?", outcome.Error, StringComparison.Ordinal);
    }
}
