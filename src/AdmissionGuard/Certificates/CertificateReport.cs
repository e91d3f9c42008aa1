using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Certificates;

/// <summary>What <c>certs show</c> prints: for somebody tired, the answer first.</summary>
internal sealed record CertificateReport(string Text, bool IsWell)
{
    public static CertificateReport Of(CertificateFolder folder, DateTimeOffset now)
    {
        using var certificate = folder.Read(out var chain);
        var authority = folder.ReadAuthority();
        var text = new StringBuilder();
        var isWell = Write(text, "serving", certificate, now);
        foreach (var link in chain.Where(c => c.Thumbprint != certificate.Thumbprint))
            isWell &= Write(text, "sent along", link, now);
        if (authority is null)
        {
            text.Append("  authority    not in this folder: somebody else keeps it\n");
            return Finish(text, isWell);
        }
        isWell &= Write(text, "authority", authority, now);
        using var root = X509Certificate2.CreateFromPem(authority.Pem);
        if (!ServingCertificate.IsSignedBy(certificate, root))
        {
            text.Append("  WRONG        ca.crt did not sign tls.crt: clients that trust it refuse the connection\n");
            isWell = false;
        }
        return Finish(text, isWell);
    }

    public static CertificateReport Of(CertificateView view, ServiceName service, DateTimeOffset now)
    {
        var text = new StringBuilder();
        var place = $"Secret {service.Namespace}/{service.Secret}";
        if (view.Secret.Version is null)
            return Finish(
                text.Append(CultureInfo.InvariantCulture, $"  WRONG        there is no {place}: is AdmissionGuard installed, is --service right?\n"),
                isWell: false
            );
        if (view.Secret.Owner is { } owner)
            return Finish(text.Append(CultureInfo.InvariantCulture, $"  {place} is {owner}'s, nothing here touches it\n"), isWell: true);
        text.Append(CultureInfo.InvariantCulture, $"{place}\n");
        var current = RotationPlan.Usable(view.Secret.Current, service, now, out var fault);
        var isWell = current is not null;
        if (current is null)
            text.Append(
                CultureInfo.InvariantCulture,
                $"  WRONG        no usable certificate: {fault}. The replica that leads makes one; is one running? Replicas go on with what "
                    + $"they have\n"
            );
        else
        {
            using var certificate = view.Secret.Current!.Load();
            Write(text, "serving", certificate, now);
            Write(text, "authority", current, now);
        }
        var next = RotationPlan.Usable(view.Secret.Next, service, now, out _);
        if (next is not null)
            Write(text, "next", next, now);
        if (view.Secret.IsAsked)
            text.Append("  asked        a rotation was asked for and has not begun: does a replica hold the lease?\n");
        if (next is not null)
            text.Append("  rotation     under way: both authorities are published, then the next certificate is served\n");
        else if (current is not null)
            text.Append(CultureInfo.InvariantCulture, $"  rotation     begins on {Times.Day(RotationPlan.DueAt(view.Secret.Current!))}\n");
        foreach (var configuration in view.Configurations)
            isWell &= Write(text, configuration, current, next);
        if (view.Configurations.Count == 0)
            text.Append(CultureInfo.InvariantCulture, $"no webhook configuration is named {service.Configuration}: nothing is guarded yet\n");
        return Finish(text, isWell);
    }

    private static bool Write(StringBuilder text, WebhookConfiguration configuration, Authority? current, Authority? next)
    {
        text.Append(CultureInfo.InvariantCulture, $"{configuration.Name}\n");
        var isWell = true;
        foreach (var (trusted, at) in configuration.Trusted.Select((t, at) => (t, at)))
        {
            var names = string.Join(", ", trusted.Select(a => $"{a.Name} ({RoleOf(a)})"));
            text.Append(CultureInfo.InvariantCulture, $"  caBundle {at + 1}   {(names.Length == 0 ? "empty" : Shown.Clean(names))}\n");
            if (current is null || trusted.Contains(current))
                continue;
            text.Append("  WRONG        it lacks the authority of the certificate that is served: the API server refuses the webhook\n");
            isWell = false;
        }
        if (configuration.Owner is { } owner)
            text.Append(CultureInfo.InvariantCulture, $"  its caBundle is {owner}'s\n");
        return isWell;

        string RoleOf(Authority authority)
        {
            if (authority == current)
                return "serving";
            return authority == next ? "next" : "old";
        }
    }

    private static bool Write(StringBuilder text, string role, X509Certificate2 certificate, DateTimeOffset now)
    {
        var isWell = Write(text, role, Authority.ReadAll(certificate.ExportCertificatePem())[0], now);
        var names = certificate
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(n => n.EnumerateDnsNames().Concat(n.EnumerateIPAddresses().Select(a => a.ToString())))
            .ToArray();
        if (names.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"  {"", -13}for {Shown.Clean(string.Join(", ", names))}\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"  {"", -13}signed by {Shown.Clean(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))}\n"
        );
        return isWell;
    }

    private static bool Write(StringBuilder text, string role, Authority certificate, DateTimeOffset now)
    {
        var left = certificate.Until - now;
        var isValid = certificate.From <= now && left > TimeSpan.Zero;
        var told = $"{Math.Floor(left.TotalDays):0} days left, until {Times.Minute(certificate.Until)}";
        if (certificate.From > now)
            told = $"NOT VALID before {Times.Minute(certificate.From)}";
        else if (left <= TimeSpan.Zero)
            told = $"EXPIRED on {Times.Minute(certificate.Until)}";
        text.Append(CultureInfo.InvariantCulture, $"  {role, -13}{Shown.Clean(certificate.Name)}: {told}\n");
        return isValid;
    }

    private static CertificateReport Finish(StringBuilder text, bool isWell) =>
        new((isWell ? "all is well\n" : "something is WRONG\n") + text, isWell);
}
