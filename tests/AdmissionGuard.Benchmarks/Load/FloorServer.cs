using System.Net;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Server;

namespace AdmissionGuard.Benchmarks.Load;

/// <summary>
/// The same server with a judge that allows everything unread: what a review costs without us. Runs until its parent ends it, ten minutes at most.
/// </summary>
internal static class FloorServer
{
    public static async Task Run(int port, string certDir)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(Path.Join(certDir, "tls.crt"), Path.Join(certDir, "tls.key"));
        await using var server = new WebhookServer(
            new ServedCertificate(certificate),
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, port),
                Judge = review => Verdict.Pass(review),
                Time = TimeProvider.System,
                Log = TextWriter.Null,
            }
        );
        await server.Start();
        await Task.Delay(TimeSpan.FromMinutes(10));
    }
}
