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
}
