using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Certificates;

/// <summary>
/// The certificate that new connections get, which another may replace at any moment: those that stand, and handshakes under way, go on with what
/// they began with.
/// Also where it stands, for readiness and metrics.
/// </summary>
internal sealed class ServedCertificate
{
    private sealed record Held(SslStreamCertificateContext Context, DateTimeOffset? ServingUntil, DateTimeOffset? AuthorityUntil);

    private volatile Held held;
    private volatile string? unready;
    private volatile string? error;

    /// <param name="chain">The authorities between the certificate and what clients trust, sent along.</param>
    public ServedCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain = null, X509Certificate2? authority = null) =>
        held = Hold(certificate, chain, authority);

    private ServedCertificate(ServingCertificate standIn)
    {
        held = new Held(
            SslStreamCertificateContext.Create(standIn.Load(), additionalCertificates: null, offline: true),
            ServingUntil: null,
            AuthorityUntil: null
        );
        unready = "no certificate yet";
    }

    /// <summary>Until there is one: nobody trusts it, but a probe that does not check learns that we live and are not ready.</summary>
    public static ServedCertificate StandIn(DateTimeOffset now) => new(ServingCertificate.Make(now, ["localhost"], []));

    /// <param name="asks">For the client's certificate. Whoever has none may come as well, and what one proves is judged request by request.</param>
    [SuppressMessage(
        "Security",
        "CA5359",
        Justification = "The chain is checked against --client-ca for each request, and who shows nothing is a stranger and no error."
    )]
    public SslServerAuthenticationOptions OptionsFor(bool asks) =>
        asks
            ? new()
            {
                ServerCertificateContext = held.Context,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            }
            : new() { ServerCertificateContext = held.Context };

    /// <summary>Null where requests can be served; else why not.</summary>
    public string? Unready => unready;

    /// <summary>Null where all is well; else what somebody must look at, while the last good certificate is served.</summary>
    public string? Error => error;

    public DateTimeOffset? ServingUntil => held.ServingUntil;

    /// <summary>Null where the authority is somebody else's.</summary>
    public DateTimeOffset? AuthorityUntil => held.AuthorityUntil;

    public void Swap(X509Certificate2 certificate, X509Certificate2Collection? chain = null, X509Certificate2? authority = null) =>
        held = Hold(certificate, chain, authority);

    /// <param name="failed">What somebody must look at.</param>
    /// <returns>Whether that is news.</returns>
    public bool Tell(string? notReady, string? failed)
    {
        var isNews = failed is not null && failed != error;
        unready = notReady;
        error = failed;
        return isNews;
    }

    private static Held Hold(X509Certificate2 certificate, X509Certificate2Collection? chain, X509Certificate2? authority) =>
        new(
            SslStreamCertificateContext.Create(certificate, chain, offline: true),
            new DateTimeOffset(certificate.NotAfter),
            authority is null ? null : new DateTimeOffset(authority.NotAfter)
        );
}
