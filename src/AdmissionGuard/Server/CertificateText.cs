using System.Globalization;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Server;

/// <summary>How the certificate stands, for <c>/readyz?verbose</c> and for the metrics.</summary>
internal static class CertificateText
{
    private const string Expiry = "admissionguard_certificate_expiry_timestamp_seconds";

    private const string ExpiryHelp = "When the certificate that is served, and the authority that signed it, expire.";

    public static string Lines(ServedCertificate served)
    {
        var until = served.ServingUntil is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"valid until {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}")
            : "none";
        var line = $"[{(served.Unready is null ? '+' : '-')}]certificate: {until}\n";
        return served.Error is { } error ? $"{line}[-]certificate: {Shown.Clean(error)}\n" : line;
    }

    public static (string Name, string Help, double Value)[] Gauges(ServedCertificate served) =>
        [
            .. Expires("serving", served.ServingUntil),
            .. Expires("ca", served.AuthorityUntil),
            (
                "admissionguard_certificate_error",
                "1 while the certificate cannot be followed, is broken where it is kept, or is not trusted; the last good one is served.",
                served.Error is null ? 0 : 1
            ),
        ];

    private static (string Name, string Help, double Value)[] Expires(string certificate, DateTimeOffset? until) =>
        until is { } time ? [($"{Expiry}{{certificate=\"{certificate}\"}}", ExpiryHelp, time.ToUnixTimeSeconds())] : [];
}
