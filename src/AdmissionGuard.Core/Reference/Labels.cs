namespace AdmissionGuard.Core.Reference;

/// <summary>What everything that is installed is called and labelled. The server knows its own objects by these names.</summary>
public static class Labels
{
    /// <summary>Namespace, Deployment, Service, ServiceAccount, Lease, webhook configurations and roles are all named so.</summary>
    public const string Name = "admissionguard";

    /// <summary>The Secret with the server's authority and serving certificate.</summary>
    public const string CertificateSecret = "admissionguard-certificates";

    /// <summary>The Lease of the replica that audits.</summary>
    public const string ReportLease = "admissionguard-reports";

    internal static YamlMap Common => new() { { "app.kubernetes.io/name", Name }, { "app.kubernetes.io/part-of", Name } };
}
