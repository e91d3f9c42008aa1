using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reference;

/// <summary><c>deploy/base/crd.yaml</c>: GuardPolicy, GuardException and GuardSettings for the API server, typed from the catalogue.</summary>
public static class CustomResources
{
    /// <summary>As the API server serves them, in the order of the alphabet.</summary>
    internal static readonly string[] Plurals = [ExceptionReader.Plural, PolicyReader.Plural, SettingsReader.Plural];

    public static string Yaml() =>
        YamlMap.Write(
            "Generated from the catalogue by «admissionguard generate crds»: do not edit.",
            Definition(
                PolicyReader.Kind,
                PolicyReader.Plural,
                "gpol",
                PolicySchema.Spec(),
                StatusSchema.PolicyCounts(),
                "Rules for changes to progressive delivery and mesh traffic: what is refused, what is repaired, for whom.",
                [
                    Column("Mode", ".spec.mode", "enforce, warn or audit; empty is enforce."),
                    Column("Profile", ".spec.profile", "The built-in profile that the policy starts from."),
                    Column("Rules", ".status.counts.rules", "Rules in force.", "integer"),
                    Accepted,
                    Age,
                ]
            ),
            Definition(
                ExceptionReader.Kind,
                ExceptionReader.Plural,
                "gexc",
                ExceptionSpec(),
                new YamlMap(),
                "Named objects that named rules leave alone until a date, with an owner and a reason.",
                [
                    Column("Owner", ".spec.owner", "Who answers for it."),
                    Column("Expires", ".spec.expires", "From then on it has no effect."),
                    Accepted,
                    Age,
                ]
            ),
            Definition(
                SettingsReader.Kind,
                SettingsReader.Plural,
                "gset",
                SettingsSpec(),
                new YamlMap(),
                "What holds for the whole cluster; the only one is named cluster.",
                [Accepted, Age]
            )
        );

    private static YamlMap Accepted =>
        Column("Accepted", ".status.conditions[?(@.type==\"Accepted\")].status", "Whether it is in force; status.errors says why not.");

    private static YamlMap Age => Column("Age", ".metadata.creationTimestamp", "Time since it was made.", "date");

    private static YamlMap Column(string name, string path, string description, string type = "string") =>
        new()
        {
            { "name", name },
            { "type", type },
            { "jsonPath", path },
            { "description", description },
        };

    private static YamlMap Definition(
        string kind,
        string plural,
        string shortName,
        YamlMap spec,
        YamlMap counts,
        string description,
        YamlMap[] columns
    )
    {
        var schema = Schema.Map(
            description,
            new YamlMap
            {
                { "apiVersion", Schema.Text("The version of this format.") },
                { "kind", Schema.Text("The kind of this object.") },
                {
                    "metadata",
                    new YamlMap { { "type", "object" } }
                },
                { "spec", spec },
                { "status", StatusSchema.Of(counts) },
            },
            "spec"
        );
        if (kind == "GuardSettings")
            schema.Holding(Schema.Law("self.metadata.name == 'cluster'", "the only GuardSettings is named cluster"));
        var version = new YamlMap
        {
            { "name", PolicyReader.Version },
            { "served", true },
            { "storage", true },
            { "additionalPrinterColumns", columns },
            {
                "subresources",
                new YamlMap { { "status", new YamlMap() } }
            },
            {
                "schema",
                new YamlMap { { "openAPIV3Schema", schema } }
            },
        };
        return new YamlMap
        {
            { "apiVersion", $"{ApiGroups.ApiExtensions}/v1" },
            { "kind", "CustomResourceDefinition" },
            {
                "metadata",
                new YamlMap { { "name", $"{plural}.{ApiGroups.Guard}" }, { "labels", Labels.Common } }
            },
            {
                "spec",
                new YamlMap
                {
                    { "group", ApiGroups.Guard },
                    { "scope", "Cluster" },
                    { "names", Names(kind, plural, shortName) },
                    { "versions", (YamlMap[])[version] },
                }
            },
        };
    }

    private static YamlMap Names(string kind, string plural, string shortName) =>
        new()
        {
            { "kind", kind },
            { "listKind", kind + "List" },
            { "plural", plural },
            { "singular", kind.ToLowerInvariant() },
            { "shortNames", (string[])[shortName] },
            { "categories", (string[])["admissionguard"] },
        };

    private static YamlMap ExceptionSpec()
    {
        const string Name = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";
        var match = Schema.Map(
            "The objects, by exact names: an exception has no wildcards.",
            new YamlMap
            {
                { "kinds", PolicySchema.Kinds("Kinds of the objects.", min: 1) },
                { "namespaces", Schema.List("Namespaces of the objects.", Schema.Text("An exact name.", min: 1, max: 63, Name), min: 1) },
                { "names", Schema.List("Names of the objects.", Schema.Text("An exact name.", min: 1, max: 253, Name), min: 1) },
            },
            "kinds",
            "namespaces",
            "names"
        );
        return Schema.Map(
            "What is excepted from what, until when, and who answers for it.",
            new YamlMap
            {
                {
                    "rules",
                    Schema.List("Rules that leave these objects alone, their repairs included.", PolicySchema.RuleId("A rule's id."), min: 1)
                },
                { "match", match },
                { "owner", Schema.Text("The team or person that answers for it.", min: 1) },
                { "reason", Schema.Text("Why, and what will end it; 10 characters or more.", min: 10) },
                { "expires", Schema.Text("From then on it has no effect; at most maxExceptionDays of the GuardSettings away.", format: "date-time") },
            },
            "rules",
            "match",
            "owner",
            "reason",
            "expires"
        );
    }

    private static YamlMap SettingsSpec()
    {
        var usual = GuardSettings.Default;
        return Schema.Map(
            "Absent keys have their defaults.",
            new YamlMap
            {
                {
                    "controllers",
                    Listed("Accounts that deliver progressively, never denied and never repaired; exact user names", usual.Controllers)
                },
                { "gitops", Listed("Accounts that apply what stands in Git; exact user names", usual.GitOps) },
                { "breakGlassGroups", Listed("Groups whose members may set the annotation admissionguard.io/break-glass", usual.BreakGlassGroups) },
                {
                    "excludedNamespaces",
                    Listed(
                        "Namespaces that are never reviewed. The webhook configurations are generated from them: "
                            + "«admissionguard generate webhooks»",
                        usual.ExcludedNamespaces
                    )
                },
                {
                    "maxExceptionDays",
                    Schema.Integer($"The farthest expiry of a GuardException, in days. Default {usual.MaxExceptionDays}; 1 to 366.", 1, 366)
                },
                { "rememberShares", Schema.Flag("Whether growth is compared with what routes said within the last 10 minutes too. Default false.") },
                { "limits", LimitsSchema.Of(usual.Limits, ObjectLimits.Most) },
                { "clusterDomain", Schema.Text($"The mesh's domain. Default {usual.ClusterDomain}.", min: 1) },
                { "rootNamespace", Schema.Text($"Istio's root namespace. Default {usual.RootNamespace}.", min: 1) },
                {
                    "mesh",
                    Schema.Map(
                        "What the mesh itself provides. Absent keys are read from Istio's ConfigMap in its root namespace, and the version from "
                            + "the image of istiod.",
                        new YamlMap
                        {
                            { "configMap", Schema.Text($"The ConfigMap with the MeshConfig. Default {MeshConfig.UsualConfigMap}.", min: 1) },
                            { "version", Schema.Text("Istio's version, such as \"1.31.0\".", min: 1) },
                            { "rootNamespace", Schema.Text("Istio's root namespace; goes before the older spec.rootNamespace.", min: 1) },
                            { "trustDomain", Schema.Text("The mesh's trust domain.", min: 1) },
                            {
                                "defaultTrafficPolicy",
                                Schema.Foreign(
                                    "connectionPool and outlierDetection of every host without its own, as in the MeshConfig of Istio 1.31."
                                )
                            },
                            { "defaultHttpRetryPolicy", Schema.Foreign("Retries of every route without its own, as in the MeshConfig.") },
                        }
                    )
                },
                { "stableNames", Listed("Words by which the proven side of a split is named", usual.StableNames) },
                { "newNames", Listed("Words by which the side on trial is named", usual.NewNames) },
            }
        );

        static YamlMap Listed(string description, IReadOnlyList<string> items) =>
            Schema.Names($"{description}. Default {(items.Count == 0 ? "none" : string.Join(", ", items))}.", "One of them.");
    }
}
