using System.Text.Json.Nodes;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Reports;

/// <summary>Where reports are stored.</summary>
internal static class ReportStore
{
    public static readonly string[] Open = ["apis/openreports.io/v1alpha1/reports", "apis/openreports.io/v1alpha1/clusterreports"];

    public static readonly string[] Policies = ["apis/wgpolicyk8s.io/v1alpha2/policyreports", "apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports"];

    extension(FakeApi api)
    {
        /// <summary>By path, below the version: <c>namespaces/shop/policyreports/admissionguard</c>.</summary>
        public IReadOnlyDictionary<string, JsonObject> Reports =>
            api.Stored.ToDictionary(s => s.Key[(s.Key.IndexOf("/v1alpha", StringComparison.Ordinal) + 10)..], s => s.Value);
    }
}
