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

    private readonly IReadOnlyList<IAsyncDisposable> upkeep;

    private ServedCertificates(ServedCertificate served, IReadOnlyList<IAsyncDisposable> upkeep, string? authorityFile = null)
    {
        Served = served;
        this.upkeep = upkeep;
        AuthorityFile = authorityFile;
    }

    public ServedCertificate Served { get; }

    /// <summary>By which the API server shows who it is; null where nobody keeps any.</summary>
    public PathTokens? Tokens { get; private init; }

    /// <summary>What a client on this machine may trust; null where that is not ours to say.</summary>
    public string? AuthorityFile { get; }

    /// <param name="cluster">Null without a cluster; disposed by the caller, later.</param>
    /// <param name="isInstalled">The server is the cluster's own: it keeps tokens also where the certificate is somebody else's.</param>
    /// <exception cref="InputException">The folder holds no pair, or cannot be written.</exception>
    public static ServedCertificates Begin(
        string? certDir,
        IApiServer? cluster,
        bool isInstalled,
        ServiceName service,
        RotationPace pace,
        IPAddress listen,
        TextWriter log
    )
    {
        var follower = certDir is null ? null : new FolderFollower(certDir, TimeProvider.System, log);
        if (follower is not null && (cluster is null || !isInstalled))
            return new ServedCertificates(follower.Served, [follower]);
        if (cluster is null)
            return Own(listen, service, log);
        var served = follower?.Served ?? ServedCertificate.StandIn(DateTimeOffset.UtcNow);
        var options = new ClusterCertificateOptions
        {
            Service = service,
            Tokens = new PathTokens(),
            OnlyTokens = follower is not null,
            Pace = pace,
            Time = TimeProvider.System,
            Log = log,
        };
        var kept = ClusterCertificates.Start(cluster, served, options);
        return new ServedCertificates(served, follower is null ? [kept] : [kept, follower]) { Tokens = options.Tokens };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in upkeep)
            await part.DisposeAsync();
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
        return new ServedCertificates(new ServedCertificate(certificate, authority: authority), upkeep: [], authorityFile: folder.AuthorityFile);
    }
}
