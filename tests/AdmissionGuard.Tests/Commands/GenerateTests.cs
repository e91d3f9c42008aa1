namespace AdmissionGuard.Tests.Commands;

public sealed class GenerateTests : CommandLine
{
    [Theory]
    [InlineData("crds", "deploy/base/crd.yaml")]
    [InlineData("webhooks", "deploy/base/webhooks.yaml")]
    [InlineData("rbac", "deploy/base/rbac.yaml")]
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
        var file = Write("settings.yaml", """
            apiVersion: admissionguard.io/v1alpha1
            kind: GuardSettings
            metadata: {name: cluster}
            spec:
              controllers: ["system:serviceaccount:delivery:argo-rollouts"]
              excludedNamespaces: [kube-system, mesh]
            """);
        var outcome = await Run(["generate", "webhooks", "--settings", file]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Contains("values: [kube-system, mesh]", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("'system:serviceaccount:delivery:argo-rollouts'", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("flagger-system", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_with_an_error_generate_nothing()
    {
        var outcome = await Run(["generate", "webhooks", "--settings", Write("settings.yaml", "apiVersion: admissionguard.io/v1alpha1\nkind: GuardSettings\nmetadata: {name: cluster}\nspec: {controlers: []}\n")]);
        Assert.Equal((2, ""), (outcome.Status, outcome.Out));
        Assert.Contains("did you mean controllers?", outcome.Error, StringComparison.Ordinal);
    }
}
