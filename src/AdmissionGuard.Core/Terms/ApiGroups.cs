namespace AdmissionGuard.Core.Terms;

/// <summary>API groups as they stand in <c>apiVersion</c> before the slash; Kubernetes' own core group is empty.</summary>
public static class ApiGroups
{
    /// <summary>Our own.</summary>
    public const string Guard = "admissionguard.io";

    public const string Istio = "networking.istio.io";

    /// <summary>Argo Rollouts.</summary>
    public const string Argo = "argoproj.io";

    public const string Flagger = "flagger.app";

    public const string Gateway = "gateway.networking.k8s.io";

    public const string Smi = "split.smi-spec.io";

    public const string Autoscaling = "autoscaling";

    public const string Coordination = "coordination.k8s.io";

    public const string Admission = "admission.k8s.io";

    public const string AdmissionRegistration = "admissionregistration.k8s.io";

    public const string ApiExtensions = "apiextensions.k8s.io";

    public const string AuthorizationReviews = "authorization.k8s.io";

    public const string Authorization = "rbac.authorization.k8s.io";

    /// <summary>The older of the two APIs that reports are written in.</summary>
    public const string PolicyReports = "wgpolicyk8s.io";

    /// <summary>The newer one.</summary>
    public const string OpenReports = "openreports.io";
}
