using System.Net;
using AdmissionGuard.Files;

namespace AdmissionGuard.Certificates;

/// <summary>The Service that the API server calls us by, <c>NAME.NAMESPACE.svc</c>, and what is named after it.</summary>
internal sealed record ServiceName(string Name, string Namespace)
{
    public const string Default = "admissionguard.admissionguard.svc";

    public string Host => $"{Name}.{Namespace}.svc";

    /// <summary>In the Service's namespace.</summary>
    public string Secret => Name + "-certificates";

    public string Lease => Name;

    /// <summary>Of the replica that audits; any other may tend the certificates.</summary>
    public string ReportLease => Name + "-reports";

    /// <summary>Both the validating and the mutating one.</summary>
    public string Configuration => Name;

    /// <summary>What the certificate is for. Loopback: a port-forward is how an engineer looks at a replica.</summary>
    public IReadOnlyList<string> DnsNames => [Host, Host + ".cluster.local", "localhost"];

    public static IReadOnlyList<IPAddress> Addresses { get; } = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <exception cref="InputException">It is no name of a Service.</exception>
    public static ServiceName Of(string text) =>
        text.Split('.') is [{ Length: > 0 } name, { Length: > 0 } ns, "svc"]
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            ? new ServiceName(name, ns)
            : throw new InputException($"--service {text}: NAME.NAMESPACE.svc is expected, such as {Default}");
}
