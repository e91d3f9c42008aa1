using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reference;

/// <summary>
/// <c>deploy/base/rbac.yaml</c>: what the server may do. It creates and deletes nothing but reports, by their names, and creates Leases in its own
/// namespace: the Secret that it writes is
/// installed empty, which makes every other write a matter of one named object. The Leases are not installed, because Argo CD 3 leaves Leases out;
/// they go with the namespace.
/// </summary>
public static class Access
{
    /// <summary>The most reports that a namespace has: as many are named here, since a role can name no pattern.</summary>
    public const int Reports = 20;

    private static readonly string[] Look = ["get", "list", "watch"];

    /// <summary>Of a namespace's first report, its second and so on.</summary>
    public static string ReportName(int index) =>
        index == 0 ? Labels.Name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Labels.Name}-{index + 1}");

    public static string Yaml()
    {
        var names = (string[])[Labels.Name];
        return YamlMap.Write(
            "Generated from the catalogue by «admissionguard generate rbac»: do not edit.",
            Role(
                "ClusterRole",
                null,
                [
                    // where somebody else keeps the certificates, the overlay takes the first rule of each role away
                    Rule(
                        [ApiGroups.AdmissionRegistration],
                        ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
                        ["get", "patch"],
                        names
                    ),
                    .. Judged(),
                    Rule([""], ["namespaces"], Look),
                    // Istio's configuration and version; the root namespace is a setting, so a Role cannot name it. Revisions need list.
                    Rule([""], ["configmaps"], ["get"], ["istio"]),
                    Rule(["apps"], ["deployments"], ["get"], ["istiod"]),
                    Rule([ApiGroups.Guard], CustomResources.Plurals, Look),
                    Rule([ApiGroups.Guard], [.. CustomResources.Plurals.Select(p => p + "/status")], ["patch", "update"]),
                    .. ReportRules([ApiGroups.OpenReports], ["clusterreports", "reports"]),
                    .. ReportRules([ApiGroups.PolicyReports], ["clusterpolicyreports", "policyreports"]),
                ]
            ),
            Binding("ClusterRole", null),
            Role(
                "Role",
                Labels.Name,
                [
                    Rule([""], ["secrets"], ["get", "patch", "update"], [Labels.CertificateSecret]),
                    Rule([ApiGroups.Coordination], ["leases"], ["get", "patch", "update"], [Labels.Name, Labels.ReportLease]),
                    Rule([ApiGroups.Coordination], ["leases"], ["create"]), // a name cannot be asked for: what is created has none yet
                ]
            ),
            Binding("Role", Labels.Name)
        );
    }

    /// <summary>The kinds that rules judge or look up.</summary>
    private static IEnumerable<YamlMap> Judged() =>
        Catalogue
            .Rules.SelectMany(r => r.Kinds.Concat(r.Reads))
            .Distinct()
            .GroupBy(k => k.Group, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Rule([g.Key], [.. g.Select(k => k.Plural).Order(StringComparer.Ordinal)], Look));

    /// <summary>
    /// Of one API that reports are written in. Other tools' reports can be listed, as a label cannot be asked for, but not changed.
    /// </summary>
    private static YamlMap[] ReportRules(string[] group, string[] resources) =>
        [
            Rule(group, resources, ["create", "list"]),
            Rule(group, resources, ["delete", "patch"], [.. Enumerable.Range(0, Reports).Select(ReportName)]),
        ];

    private static YamlMap Role(string kind, string? within, YamlMap[] rules) => Head(kind, within).With("rules", rules);

    private static YamlMap Binding(string kind, string? within) =>
        Head(kind + "Binding", within)
            .With(
                "roleRef",
                new YamlMap
                {
                    { "apiGroup", ApiGroups.Authorization },
                    { "kind", kind },
                    { "name", Labels.Name },
                }
            )
            .With(
                "subjects",
                (YamlMap[])
                    [
                        new YamlMap
                        {
                            { "kind", "ServiceAccount" },
                            { "name", Labels.Name },
                            { "namespace", Labels.Name },
                        },
                    ]
            );

    private static YamlMap Head(string kind, string? within) =>
        new()
        {
            { "apiVersion", $"{ApiGroups.Authorization}/v1" },
            { "kind", kind },
            {
                "metadata",
                new YamlMap { { "name", Labels.Name } }
                    .With("namespace", within)
                    .With("labels", Labels.Common)
            },
        };

    private static YamlMap Rule(string[] groups, string[] resources, string[] verbs, string[]? names = null) =>
        new YamlMap { { "apiGroups", groups }, { "resources", resources } }
            .With("resourceNames", names)
            .With("verbs", verbs);
}
