using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Reports;

/// <summary>
/// One of the two APIs that reports are written in; what they hold is nearly the same. Fields and their values: the published
/// CustomResourceDefinitions
/// of kubernetes-sigs/wg-policy-prototypes (v1alpha2) and openreports/reports-api (v1alpha1).
/// </summary>
/// <param name="HasSource">Whether a report says who made it; a result says so in both.</param>
internal sealed record ReportApi(Resource Reports, string Kind, Resource ClusterReports, string ClusterKind, bool HasSource)
{
    public static readonly ReportApi OpenReports = new(
        new Resource(ApiGroups.OpenReports, "v1alpha1", "reports"),
        "Report",
        new Resource(ApiGroups.OpenReports, "v1alpha1", "clusterreports", Namespaced: false),
        "ClusterReport",
        HasSource: true
    );

    public static readonly ReportApi PolicyReports = new(
        new Resource(ApiGroups.PolicyReports, "v1alpha2", "policyreports"),
        "PolicyReport",
        new Resource(ApiGroups.PolicyReports, "v1alpha2", "clusterpolicyreports", Namespaced: false),
        "ClusterPolicyReport",
        HasSource: false
    );

    /// <summary>The first that is served is written.</summary>
    public static readonly IReadOnlyList<ReportApi> All = [OpenReports, PolicyReports];

    public Resource ResourceIn(string @namespace) => @namespace.Length == 0 ? ClusterReports : Reports;

    public string KindIn(string @namespace) => @namespace.Length == 0 ? ClusterKind : Kind;

    public override string ToString() => $"{Kind} ({Reports.Group})";
}
