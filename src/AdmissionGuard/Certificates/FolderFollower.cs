using AdmissionGuard.Policies;

namespace AdmissionGuard.Certificates;

/// <summary>A folder that somebody else keeps (cert-manager through a mounted Secret, a company's tool): read anew when it changes, never written. The last good pair stays.</summary>
internal sealed class FolderFollower : IAsyncDisposable
{
    /// <summary>Files are read when they looked alike twice: half of a pair may be written. So a change takes some seconds, and a pair that does not fit yet is read again.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CertificateFolder folder;
    private readonly Func<string> look;
    private readonly ServedCertificate served;
    private readonly TextWriter log;
    private readonly CancellationTokenSource stop = new();
    private readonly Task polling;
    private string loaded;
    private string seen;

    /// <exception cref="InputException">To begin with, it must hold a pair.</exception>
    public FolderFollower(string path, TimeProvider time, TextWriter log)
    {
        this.log = log;
        folder = new CertificateFolder(path);
        look = () => Fingerprint.Of(folder.Served);
        loaded = seen = look();
        served = new ServedCertificate(folder.Read(out var chain), chain);
        polling = Poll(new PeriodicTimer(Interval, time));
    }

    public ServedCertificate Served => served;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var now = look();
        var isStill = now == seen;
        seen = now;
        if (!isStill || (now == loaded && served.Error is null)) return;
        loaded = now;
        try
        {
            var certificate = folder.Read(out var chain);
            served.Swap(certificate, chain);
            served.Tell(notReady: null, failed: null);
            log.WriteLine($"certificate read again, valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm}Z");
        }
        catch (InputException e)
        {
            if (served.Tell(notReady: null, e.Message)) log.WriteLine($"{e.Message}; the last good certificate is served");
        }
    }

    private async Task Poll(PeriodicTimer timer)
    {
        using (timer)
        {
            while (await timer.WaitForNextTickAsync(stop.Token)) LookSafely();
        }
    }

    /// <summary>Our own fault must not end the following of files without a word.</summary>
    private void LookSafely()
    {
        try
        {
            Look();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.WriteLine($"reading the certificate broke, please report; the last good one is served: {e}");
        }
    }
}
