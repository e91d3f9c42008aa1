using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reference;

/// <summary>
/// <c>deploy/base/webhooks.yaml</c>: what the API server sends, and no more than some rule needs. Both webhooks get every kind: what an excuse lets
/// in is
/// marked by the one that repairs. The configurations carry no <c>caBundle</c>:
/// until the server has put its own in, every call fails and is ignored, so nothing is blocked before.
/// </summary>
public static class Webhooks
{
    /// <summary>How long the API server waits for an answer, in seconds; 10 is its own default, 30 the most that it allows.</summary>
    public const int TimeoutSeconds = 5;

    public static string Yaml(GuardSettings settings) =>
        YamlMap.Write(
            "Generated from the catalogue by «admissionguard generate webhooks»: do not edit.",
            Configuration("Validating", "validate", Catalogue.Rules, settings, mutates: false),
            Configuration("Mutating", "mutate", Catalogue.Rules, settings, mutates: true)
        );

    private static YamlMap Configuration(string type, string path, IReadOnlyList<Rule> rules, GuardSettings settings, bool mutates)
    {
        var webhook = Webhook(
            path,
            path,
            Rules(rules, [Operation.Create, Operation.Update]),
            Namespaces(settings.ExcludedNamespaces),
            Conditions(settings.Controllers),
            mutates
        );
        return new YamlMap
        {
            { "apiVersion", $"{ApiGroups.AdmissionRegistration}/v1" },
            { "kind", type + "WebhookConfiguration" },
            {
                "metadata",
                new YamlMap { { "name", Labels.Name }, { "labels", Labels.Common } }
            },
            { "webhooks", mutates ? (YamlMap[])[webhook] : [webhook, OfDeletions(rules, settings), OfPolicies()] },
        };
    }

    /// <summary>
    /// A webhook of its own, ignored while nobody answers, in every overlay: what stands in the way during an outage must be allowed to go. What goes
    /// with its
    /// owner or namespace never comes here.
    /// </summary>
    private static YamlMap OfDeletions(IReadOnlyList<Rule> rules, GuardSettings settings) =>
        Webhook(
            "deletions",
            "validate",
            Rules([.. rules.Where(r => r.OnDelete)], [Operation.Delete]),
            Namespaces(settings.ExcludedNamespaces),
            [Condition("not-by-a-controller", $"!({Schema.IsOneOf("request.userInfo.username", [.. settings.Controllers, .. Skip.Collectors])})")],
            mutates: false
        );

    /// <summary>
    /// For our own kinds: a policy with an unknown rule is refused when it is applied. Ignored while nobody answers, in every overlay:
    /// what fixes a broken policy must always get in.
    /// </summary>
    private static YamlMap OfPolicies() =>
        Webhook(
            "policies",
            "policies",
            [
                new YamlMap
                {
                    { "apiGroups", (string[])[ApiGroups.Guard] },
                    { "apiVersions", (string[])["*"] },
                    { "operations", Verbs([Operation.Create, Operation.Update]) },
                    { "resources", CustomResources.Plurals },
                    { "scope", "Cluster" },
                },
            ],
            selector: null,
            [Living],
            mutates: false
        );

    private static YamlMap Webhook(string name, string path, YamlMap[] rules, YamlMap? selector, YamlMap[] conditions, bool mutates) =>
        new YamlMap
        {
            { "name", $"{name}.{ApiGroups.Guard}" },
            {
                "clientConfig",
                new YamlMap
                {
                    {
                        "service",
                        new YamlMap
                        {
                            { "namespace", Labels.Name },
                            { "name", Labels.Name },
                            { "path", "/" + path },
                            { "port", 443 },
                        }
                    },
                }
            },
            { "rules", rules },
            { "matchPolicy", "Equivalent" },
        }
            .With("namespaceSelector", selector)
            .With("matchConditions", conditions)
            .With("failurePolicy", "Ignore")
            .With("reinvocationPolicy", mutates ? "IfNeeded" : null)
            // a denial or a warning may leave an Event, but not one of a dry run
            .With("sideEffects", name is "validate" or "deletions" ? "NoneOnDryRun" : "None")
            .With("timeoutSeconds", TimeoutSeconds)
            .With("admissionReviewVersions", (string[])["v1"]);

    /// <summary>Subresources are named by none of them: scaling and status never come here.</summary>
    private static YamlMap[] Rules(IReadOnlyList<Rule> rules, Operation[] operations)
    {
        var kinds = rules
            .SelectMany(r => r.Kinds)
            .Distinct()
            .OrderBy(k => k.Group, StringComparer.Ordinal)
            .ThenBy(k => k.Plural, StringComparer.Ordinal);
        return
        [
            .. kinds
                .GroupBy(k => (k.Group, k.IsNamespaced))
                .Select(g => new YamlMap
                {
                    { "apiGroups", (string[])[g.Key.Group] },
                    { "apiVersions", (string[])["*"] },
                    { "operations", Verbs(operations) },
                    { "resources", g.Select(k => k.Plural).ToArray() },
                    { "scope", g.Key.IsNamespaced ? "Namespaced" : "Cluster" },
                }),
        ];
    }

    private static string[] Verbs(Operation[] operations) => [.. operations.Select(Words.Of)];

    internal static YamlMap? Namespaces(IReadOnlyList<string> excluded) =>
        excluded.Count == 0
            ? null
            : new YamlMap
            {
                {
                    "matchExpressions",
                    (YamlMap[])
                        [
                            new YamlMap
                            {
                                { "key", "kubernetes.io/metadata.name" },
                                { "operator", "NotIn" },
                                { "values", excluded },
                            },
                        ]
                },
            };

    /// <summary>Evaluated in the API server: these requests make no call, and pass while every replica is down, whatever the failurePolicy.</summary>
    private static YamlMap[] Conditions(IReadOnlyList<string> controllers) =>
        controllers.Count == 0
            ? [Living, Services]
            : [Condition("not-by-a-controller", $"!({Schema.IsOneOf("request.userInfo.username", controllers)})"), Living, Services];

    /// <summary>
    /// What is being deleted must be allowed to lose its finalizers; while it has them its controller still honours its spec. Labels choose its
    /// policies, and an annotation keeps what an emergency let in.
    /// </summary>
    private static YamlMap Living =>
        Condition(
            "not-only-going",
            "!has(object.metadata.deletionTimestamp) || oldObject == null || !has(object.spec) || !has(oldObject.spec)"
                + $" || object.spec != oldObject.spec || {Differs("labels")} || {Differs("annotations")}"
        );

    private static string Differs(string map) =>
        $"has(object.metadata.{map}) != has(oldObject.metadata.{map}) || "
        + $"(has(object.metadata.{map}) && object.metadata.{map} != oldObject.metadata.{map})";

    /// <summary>
    /// Of the many writes of Services only those that change a selector by which a controller tells versions apart
    /// (docs/facts/argo-rollouts.md#service-hash, docs/facts/flagger.md#service-selectors).
    /// </summary>
    private static YamlMap Services =>
        Condition(
            "services-by-selector",
            "request.kind.kind != 'Service' || (oldObject != null && has(oldObject.spec.selector) && "
                + "(!has(object.spec.selector) || object.spec.selector != oldObject.spec.selector) && "
                + $"('{StoredVersions.HashLabel}' in oldObject.spec.selector || "
                + "oldObject.spec.selector.exists(k, oldObject.spec.selector[k].endsWith('-primary')) || "
                + $"(has(object.spec.selector) && '{StoredVersions.HashLabel}' in object.spec.selector)))"
        );

    internal static YamlMap Condition(string name, string expression) => new() { { "name", name }, { "expression", expression } };
}
