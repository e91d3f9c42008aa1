using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Server;

/// <summary>How the certificate stands, for <c>/readyz?verbose</c> and for the metrics.</summary>
internal static class CertificateText
{
    public static string Lines(ServedCertificate served)
    {
        var until = served.ServingUntil is { } time ? $"valid until {Times.Second(time)}" : "none";
        var line = $"[{(served.Unready is null ? '+' : '-')}]certificate: {until}\n";
        return served.Error is { } error ? $"{line}[-]certificate: {Shown.Clean(error)}\n" : line;
    }

    public static void Observe(Instruments instruments, ServedCertificate served)
    {
        instruments.Observe(Metrics.CertificateExpiry, () => [.. Expires("serving", served.ServingUntil), .. Expires("ca", served.AuthorityUntil)]);
        instruments.Observe(Metrics.CertificateError, () => served.Error is null ? 0 : 1);
    }

    private static (string Certificate, double Time)[] Expires(string certificate, DateTimeOffset? until) =>
        until is { } time ? [(certificate, time.ToUnixTimeSeconds())] : [];
}
