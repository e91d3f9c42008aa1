using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reference;

/// <summary>
/// <c>deploy/components/status-writes/policy.yaml</c>: a ValidatingAdmissionPolicy for people's writes of a Rollout's status, which no webhook gets.
/// Whoever may patch it can promote in full, skip steps, or say which version is stable (docs/facts/argo-rollouts.md#status-promotes).
/// The API server evaluates it by itself. It needs Kubernetes 1.30.
/// </summary>
public static class StatusPolicy
{
    private const string Name = $"rollout-status.{ApiGroups.Guard}";

    /// <summary>What only Argo writes: the version that a rollback goes to is told by these.</summary>
    private static readonly string[] Versions = ["stableRS", "currentPodHash"];

    public static string Yaml(GuardSettings settings) =>
        YamlMap.Write("Generated from the catalogue by «admissionguard generate status-policy»: do not edit.", Policy(settings), Binding(settings));

    private static YamlMap Policy(GuardSettings settings) =>
        new()
        {
            { "apiVersion", $"{ApiGroups.AdmissionRegistration}/v1" },
            { "kind", "ValidatingAdmissionPolicy" },
            { "metadata", Metadata },
            {
                "spec",
                new YamlMap
                {
                    { "failurePolicy", "Fail" },
                    {
                        "matchConstraints",
                        new YamlMap
                        {
                            {
                                "resourceRules",
                                (YamlMap[])
                                    [
                                        new YamlMap
                                        {
                                            { "apiGroups", (string[])[ObjectKind.Rollout.Group] },
                                            { "apiVersions", (string[])["*"] },
                                            { "operations", (string[])[Words.Of(Operation.Update)] },
                                            { "resources", (string[])[$"{ObjectKind.Rollout.Plural}/status"] },
                                        },
                                    ]
                            },
                        }
                    },
                    { "matchConditions", Conditions(settings) },
                    {
                        "validations",
                        (YamlMap[])
                            [
                                Validation(NotInFull, "promoteFull sends all users to the new version"),
                                Validation(NoSkip, "a larger currentStepIndex skips steps"),
                                .. Versions.Select(Kept),
                            ]
                    },
                }
            },
        };

    private static YamlMap Binding(GuardSettings settings) =>
        new()
        {
            { "apiVersion", $"{ApiGroups.AdmissionRegistration}/v1" },
            { "kind", "ValidatingAdmissionPolicyBinding" },
            { "metadata", Metadata },
            {
                "spec",
                new YamlMap { { "policyName", Name }, { "validationActions", (string[])["Deny"] } }.With(
                    "matchResources",
                    Webhooks.Namespaces(settings.ExcludedNamespaces) is { } selector ? new YamlMap { { "namespaceSelector", selector } } : null
                )
            },
        };

    private static YamlMap Metadata => new() { { "name", Name }, { "labels", Labels.Common } };

    /// <summary>Controllers write it all the time; whoever may break the glass may promote in full.</summary>
    private static YamlMap[] Conditions(GuardSettings settings)
    {
        var conditions = new List<YamlMap>();
        if (settings.Controllers.Count > 0)
            conditions.Add(Webhooks.Condition("not-by-a-controller", $"!({Schema.IsOneOf("request.userInfo.username", settings.Controllers)})"));
        if (settings.BreakGlassGroups.Count > 0)
            conditions.Add(
                Webhooks.Condition("not-on-call", $"!request.userInfo.groups.exists(g, {Schema.IsOneOf("g", settings.BreakGlassGroups)})")
            );
        return [.. conditions];
    }

    private static string NotInFull =>
        $"!{Has("promoteFull")} || !object.status.promoteFull || ({Had("promoteFull")} && oldObject.status.promoteFull)";

    private static string NoSkip =>
        $"!{Has("currentStepIndex")} || object.status.currentStepIndex == 0 || "
        + $"({Had("currentStepIndex")} && object.status.currentStepIndex <= oldObject.status.currentStepIndex)";

    private static YamlMap Kept(string field) =>
        Validation(
            $"{Has(field)} == {Had(field)} && (!{Has(field)} || object.status.{field} == oldObject.status.{field})",
            $"{field} is Argo's record of versions"
        );

    private static string Has(string field) => $"(has(object.status) && has(object.status.{field}))";

    private static string Had(string field) => $"(has(oldObject.status) && has(oldObject.status.{field}))";

    private static YamlMap Validation(string expression, string what) =>
        new()
        {
            { "expression", expression },
            { "message", $"{what}: only the controller and people on call may write it. Let the steps run, or abort" },
        };
}
