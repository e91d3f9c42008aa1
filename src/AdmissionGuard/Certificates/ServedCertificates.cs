using System.Net;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Certificates;

/// <summary>
/// Where a server's certificate comes from, and whoever keeps it fresh until the end: a folder of somebody else's, the cluster's Secret, or our own
/// under <c>certs/</c>.
/// </summary>
internal sealed class ServedCertificates : IAsyncDisposable
{
    /// <summary>Our own folder, made where we stand.</summary>
    public const string OwnFolder = "certs";

    private readonly IAsyncDisposable? upkeep;

    private ServedCertificates(ServedCertificate served, IAsyncDisposable? upkeep, string? authorityFile = null)
    {
        Served = served;
        this.upkeep = upkeep;
        AuthorityFile = authorityFile;
    }

    public ServedCertificate Served { get; }

    /// <summary>What a client on this machine may trust; null where that is not ours to say.</summary>
    public string? AuthorityFile { get; }

    /// <param name="cluster">Null without a cluster; disposed by the caller, later.</param>
    /// <exception cref="InputException">The folder holds no pair, or cannot be written.</exception>
    public static ServedCertificates Begin(
        string? certDir,
        IApiServer? cluster,
        ServiceName service,
        RotationPace pace,
        IPAddress listen,
        TextWriter log
    )
    {
        if (certDir is not null)
        {
            var follower = new FolderFollower(certDir, TimeProvider.System, log);
            return new ServedCertificates(follower.Served, follower);
        }
        if (cluster is null)
            return Own(listen, service, log);
        var served = ServedCertificate.StandIn(DateTimeOffset.UtcNow);
        var options = new ClusterCertificateOptions
        {
            Service = service,
            Pace = pace,
            Time = TimeProvider.System,
            Log = log,
        };
        return new ServedCertificates(served, ClusterCertificates.Start(cluster, served, options));
    }

    public async ValueTask DisposeAsync()
    {
        if (upkeep is not null)
            await upkeep.DisposeAsync();
    }

    private static ServedCertificates Own(IPAddress listen, ServiceName service, TextWriter log)
    {
        var folder = new CertificateFolder(OwnFolder);
        var addresses = new List<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        if (!IPAddress.IsLoopback(listen) && !listen.Equals(IPAddress.Any) && !listen.Equals(IPAddress.IPv6Any))
            addresses.Add(listen);
        var certificate = folder.ReadOrMake(DateTimeOffset.UtcNow, ["localhost", service.Host], addresses, out var made);
        if (made)
        {
            var until = Times.Day(new DateTimeOffset(certificate.NotAfter));
            log.WriteLine($"made a serving certificate, valid until {until}; clients trust it by {folder.AuthorityFile}");
        }
        using var authority = X509CertificateLoader.LoadCertificateFromFile(folder.AuthorityFile);
        return new ServedCertificates(new ServedCertificate(certificate, authority: authority), upkeep: null, authorityFile: folder.AuthorityFile);
    }
}
