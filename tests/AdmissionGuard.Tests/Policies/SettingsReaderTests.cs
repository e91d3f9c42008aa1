using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Policies;

public sealed class SettingsReaderTests
{
    private const string Full =
        "{'controllers': ['argo'], 'gitops': ['flux'], 'breakGlassGroups': ['oncall'], 'excludedNamespaces': ['kube-system'], "
        + "'maxExceptionDays': 30, "
        + "'clusterDomain': 'corp.example', 'rootNamespace': 'mesh', 'stableNames': ['prod*', 'live'], 'newNames': ['try*']}";

    [Fact]
    public void Everything_is_read_and_what_is_absent_keeps_its_default()
    {
        var settings = Read(Full);
        Assert.Equal(
            ["argo", "flux", "oncall", "kube-system", "prod*", "live", "try*"],
            [
                .. settings.Controllers,
                .. settings.GitOps,
                .. settings.BreakGlassGroups,
                .. settings.ExcludedNamespaces,
                .. settings.StableNames,
                .. settings.NewNames,
            ]
        );
        Assert.Equal((30, "corp.example", "mesh"), (settings.MaxExceptionDays, settings.ClusterDomain, settings.RootNamespace));
        Assert.Equal(GuardSettings.Default, Read("{}"));
        Assert.Empty(Read("{'excludedNamespaces': []}").ExcludedNamespaces);
    }

    [Theory]
    [InlineData("argo", ActorKind.Controller)]
    [InlineData("flux", ActorKind.GitOps)]
    [InlineData("Argo", ActorKind.Human)]
    [InlineData("argo2", ActorKind.Human)]
    [InlineData("", ActorKind.Human)]
    public void An_actor_is_what_his_exact_name_says(string user, ActorKind kind) =>
        Assert.Equal(kind, Read(Full).KindOf(new Actor(user, ["system:serviceaccounts"])));

    [Theory]
    [InlineData("prod", true)]
    [InlineData("Production", true)]
    [InlineData("live", true)]
    [InlineData("alive", false)]
    public void Words_for_the_proven_side_are_patterns(string word, bool stable) => Assert.Equal(stable, Read(Full).IsStableName(word));

    [Fact]
    public void Every_error_is_said_at_once_with_its_place_and_the_nearest_name() =>
        Assert.Equal(
            [
                "spec.gitOps: spec has no key \"gitOps\", did you mean gitops?",
                "metadata.name: is \"clusters\", there is only cluster, did you mean cluster?",
                "spec.controllers[0]: is \"system:*\"; names are exact here, * stands for nothing",
                "spec.breakGlassGroups: is \"oncall\", a list is expected",
                "spec.excludedNamespaces[0]: is 1, a name is expected",
                "spec.maxExceptionDays: is 0, 1 to 366 is allowed",
                "spec.clusterDomain: is \"Cluster Local\", a name such as cluster.local is expected",
                "spec.rootNamespace: is \"\", a name such as istio-system is expected",
                "spec.stableNames[0]: is \"pre-prod\"; names are compared word by word, and a word has none of - _ .",
                "spec.newNames[0]: is \"**\", which fits every name",
            ],
            Errors(
                "{'controllers': ['system:*'], 'gitOps': [], 'breakGlassGroups': 'oncall', 'excludedNamespaces': [1], 'maxExceptionDays': 0, "
                    + "'clusterDomain': 'Cluster Local', 'rootNamespace': '', "
                    + "'stableNames': ['pre-prod'], 'newNames': ['**']}",
                "clusters"
            )
        );

    /// <summary>A group with everybody in it lets everybody break the glass; an account that is nobody's makes everybody a controller.</summary>
    [Theory]
    [InlineData("breakGlassGroups", "system:authenticated")]
    [InlineData("breakGlassGroups", "system:unauthenticated")]
    [InlineData("breakGlassGroups", "system:serviceaccounts")]
    [InlineData("breakGlassGroups", "system:serviceaccounts:shop")]
    [InlineData("breakGlassGroups", "system:nodes")]
    [InlineData("controllers", "system:anonymous")]
    [InlineData("controllers", "system:authenticated")]
    [InlineData("controllers", "system:masters")]
    [InlineData("gitops", "system:serviceaccounts:argocd")]
    public void Groups_of_everybody_are_refused(string field, string name) =>
        Assert.StartsWith($"spec.{field}[0]: is \"{name}\", ", Assert.Single(Errors($"{{'{field}': ['{name}']}}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("breakGlassGroups", "system:masters")]
    [InlineData("breakGlassGroups", "platform-oncall")]
    [InlineData("controllers", "system:serviceaccount:rollouts:argo")]
    [InlineData("gitops", "system:serviceaccount:argocd:argocd-application-controller")]
    public void Those_of_somebody_are_not(string field, string name) => Read($"{{'{field}': ['{name}']}}");

    [Fact]
    public void The_number_of_days_is_a_whole_number() =>
        Assert.Equal(["spec.maxExceptionDays: is \"90d\", a whole number is expected"], Errors("{'maxExceptionDays': '90d'}"));

    [Fact]
    public void Junk_in_any_place_is_an_error_and_never_an_exception()
    {
        foreach (var junk in Junk.In(Document(Full, "cluster")))
            Assert.Equal(SettingsReader.Read(junk, out var errors) is null, errors.Count > 0);
    }

    private static GuardSettings Read(string spec)
    {
        var settings = SettingsReader.Read(Document(spec, "cluster"), out var errors);
        Assert.Empty(errors);
        return settings!;
    }

    private static IEnumerable<string> Errors(string spec, string name = "cluster")
    {
        Assert.Null(SettingsReader.Read(Document(spec, name), out var errors));
        return errors.Select(e => $"{e.Path.ToText()}: {e.Message}");
    }

    private static Node Document(string spec, string name) =>
        Judge.Json($"{{'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardSettings', 'metadata': {{'name': '{name}'}}, 'spec': {spec}}}");
}
