using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;

namespace AdmissionGuard.Certificates;

/// <summary>
/// A folder that somebody else keeps (cert-manager through a mounted Secret, a company's tool): read anew when it changes, never written. The last
/// good pair stays.
/// </summary>
internal sealed class FolderFollower : IAsyncDisposable
{
    /// <summary>A change takes up to two of them, and a pair of which one half is new is read again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CertificateFolder folder;
    private readonly TextWriter log;
    private readonly FileFollower files;

    /// <exception cref="InputException">To begin with, it must hold a pair.</exception>
    public FolderFollower(string path, TimeProvider time, TextWriter log)
    {
        this.log = log;
        folder = new CertificateFolder(path);
        var lookedLike = LooksLike();
        Served = new ServedCertificate(folder.Read(out var chain), chain);
        files = new FileFollower(
            new FollowedFiles
            {
                What = "the certificate",
                Look = LooksLike,
                LookedLike = lookedLike,
                Read = Read,
                Interval = Interval,
            },
            time,
            log
        );

        string LooksLike() => Fingerprint.Of(folder.Served);
    }

    public ServedCertificate Served { get; }

    public ValueTask DisposeAsync() => files.DisposeAsync();

    /// <summary>Looks once.</summary>
    internal void Look() => files.Look();

    private bool Read()
    {
        try
        {
            var certificate = folder.Read(out var chain);
            Served.Swap(certificate, chain);
            Served.Tell(notReady: null, failed: null);
            log.WriteLine($"certificate read again, valid until {Times.Minute(new DateTimeOffset(certificate.NotAfter))}");
            return true;
        }
        catch (InputException e)
        {
            if (Served.Tell(notReady: null, e.Message))
                log.WriteLine($"{e.Message}; the last good certificate is served");
            return false;
        }
    }
}
