using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Tests.Kubernetes;
using NSubstitute;
using NSubstitute.ClearExtensions;

namespace AdmissionGuard.Tests.Live;

/// <summary>Whose account is a controller's, told by what it may do (docs/facts/argo-rollouts.md#account).</summary>
public sealed class ControllerAccessTests : IDisposable
{
    private static readonly Actor Account = new("system:serviceaccount:rollouts-system:argo-rollouts", ["system:serviceaccounts"]);

    /// <summary>What the product's own manifests give, as verb, group, resource.</summary>
    private static readonly Dictionary<string, string[]> Roles = new(StringComparer.Ordinal)
    {
        ["argo"] = ["update argoproj.io rollouts/finalizers", "update argoproj.io rollouts/status", "update apps replicasets"],
        ["flagger"] = ["update flagger.app canaries/finalizers", "update apps deployments"],
        // argo-rollouts-aggregate-to-edit and Kubernetes' own edit
        ["editor"] = ["update argoproj.io rollouts/status", "update argoproj.io rollouts", "update apps replicasets", "update apps deployments"],
        ["admin"] = ["* * *", "update argoproj.io rollouts/finalizers", "update apps replicasets"],
        ["nobody"] = [],
    };

    private readonly FakeTime time = new(Judge.Now);
    private readonly IApiServer api = Substitute.For<IApiServer>();
    private readonly StringWriter log = new();

    public void Dispose() => log.Dispose();

    private string role = "nobody";

    private void Grant(string granted)
    {
        role = granted;
        api.Allows(default!, default!, default!, default, TestContext.Current.CancellationToken)
            .ReturnsForAnyArgs(call =>
            {
                var resource = call.ArgAt<Resource>(2);
                var what = call.ArgAt<string?>(3) is { } sub ? $"{resource.Plural}/{sub}" : resource.Plural;
                return Task.FromResult(Roles[role].Contains($"{call.ArgAt<string>(1)} {resource.Group} {what}", StringComparer.Ordinal));
            });
    }

    private ControllerAccess Access() => new(api, time, log);

    [Theory]
    [InlineData("argo", "Argo Rollouts")]
    [InlineData("flagger", "Flagger")]
    [InlineData("editor", null)]
    [InlineData("admin", null)]
    [InlineData("nobody", null)]
    public async Task A_controller_writes_finalizers_and_workloads_and_not_everything(string role, string? expected)
    {
        Grant(role);
        var actor = await Access().Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken);
        Assert.Equal(expected, actor.ActsAs);
        Assert.Equal(expected is not null, log.ToString().Contains("spec.controllers", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("jane")]
    [InlineData("system:serviceaccount:argo-rollouts:argo-rollouts")]
    [InlineData("system:serviceaccount:argocd:argocd-application-controller")]
    public async Task Nobody_is_asked_about_people_and_accounts_of_the_settings(string user)
    {
        Grant("argo");
        await Access().Recognise(new Actor(user, []), GuardSettings.Default, TestContext.Current.CancellationToken);
        Assert.Empty(api.ReceivedCalls());
    }

    [Fact]
    public async Task An_answer_holds_for_ten_minutes()
    {
        Grant("nobody");
        var access = Access();
        await access.Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken);
        role = "argo";
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Null((await access.Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken)).ActsAs);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull((await access.Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken)).ActsAs);
    }

    [Fact]
    public async Task Without_an_answer_in_half_a_second_it_is_no_controller()
    {
        var never = new TaskCompletionSource<bool>();
        api.Allows(default!, default!, default!, default, TestContext.Current.CancellationToken).ReturnsForAnyArgs(never.Task);
        var asked = Access().Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken).AsTask();
        await time.Pass(ControllerAccess.Patience);
        Assert.Null((await asked).ActsAs);
    }

    [Fact]
    public async Task What_could_not_be_asked_is_asked_again()
    {
        api.Allows(default!, default!, default!, default, TestContext.Current.CancellationToken)
            .ReturnsForAnyArgs(Task.FromException<bool>(new ApiException(System.Net.HttpStatusCode.Forbidden, "Forbidden", "https://api: refused")));
        var access = Access();
        Assert.Null((await access.Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken)).ActsAs);
        Assert.Contains("could not be asked", log.ToString(), StringComparison.Ordinal);
        api.ClearSubstitute();
        Grant("argo");
        Assert.NotNull((await access.Recognise(Account, GuardSettings.Default, TestContext.Current.CancellationToken)).ActsAs);
    }
}
