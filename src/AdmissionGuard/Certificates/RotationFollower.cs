using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// What each replica does, leader or not: serve what the Secret holds as soon as every caBundle trusts it, and never before while it has something
/// that is trusted.
/// </summary>
internal sealed class RotationFollower(ServiceName service, ServedCertificate served, TextWriter log)
{
    private ServingCertificate? serving;
    private Authority? authority;
    private bool wasTrusted;

    /// <summary>What it serves; null before the first.</summary>
    public ServingCertificate? Serving => serving;

    public void Follow(CertificateView view, DateTimeOffset now)
    {
        if (view.Secret.Owner is { } owner)
        {
            Tell($"the Secret {service.Namespace}/{service.Secret} is {owner}'s: mount it and say --cert-dir");
            return;
        }
        var current = RotationPlan.Usable(view.Secret.Current, service, now, out var fault);
        if (current is not null)
            Consider(view.Secret.Current!, current, view, now);
        else if (RotationPlan.Usable(view.Secret.Next, service, now, out _) is { } next && !IsGood(view, now))
            Consider(view.Secret.Next!, next, view, now);
        wasTrusted |= view.Trusts(authority);
        if (current is null)
            Tell($"the Secret {service.Namespace}/{service.Secret} holds no usable certificate: {fault}");
        else
            Tell(view.Trusts(authority) ? null : "a caBundle lacks the authority of the certificate that is served");
    }

    /// <summary>The API server cannot be asked: what is served goes on.</summary>
    public void Miss(ApiException e) => Tell($"certificates cannot be followed: {e.Message}");

    private void Consider(ServingCertificate pair, Authority itsAuthority, CertificateView view, DateTimeOffset now)
    {
        if (pair == serving || (!view.Trusts(itsAuthority) && IsGood(view, now)))
            return;
        using var root = X509Certificate2.CreateFromPem(itsAuthority.Pem);
        var certificate = pair.Load();
        served.Swap(certificate, authority: root);
        serving = pair;
        authority = itsAuthority;
        log.WriteLine($"serving the certificate of {itsAuthority.Name}, valid until {Times.Minute(new DateTimeOffset(certificate.NotAfter))}");
    }

    /// <summary>Whether what is served is taken by the API server.</summary>
    private bool IsGood(CertificateView view, DateTimeOffset now) =>
        RotationPlan.Usable(serving, service, now, out _) is { } held && view.Trusts(held);

    /// <summary>
    /// Once trusted, a replica stays ready: should somebody empty the caBundle, the leader mends it in seconds, and endpoints that came and went
    /// would only make it longer.
    /// </summary>
    private void Tell(string? failed)
    {
        string? notReady;
        if (serving is null)
            notReady = failed ?? "no certificate yet";
        else if (wasTrusted)
            notReady = null;
        else
            notReady = failed ?? "not yet trusted";
        if (served.Tell(notReady, failed))
            log.WriteLine($"certificates: {failed}");
    }
}
