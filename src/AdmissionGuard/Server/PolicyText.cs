using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Policies;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Server;

/// <summary>How the policies stand, for <c>/readyz?verbose</c> and for the metrics.</summary>
internal static class PolicyText
{
    public static string Lines(PolicyStatus status)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"[+]policies: {status.Set.Policies.Count} in force, {status.Set.Exceptions.Count} exceptions, read "
                + $"{Times.Second(status.LoadedAt)}\n"
        );
        foreach (var error in status.Refused)
            text.Append("[-]policies refused, the last good ones stay in force: ").Append(Shown.Clean(error.ToString())).Append('\n');
        return text.ToString();
    }

    public static void Observe(Instruments instruments, Func<PolicyStatus> status)
    {
        instruments.Observe(Metrics.PoliciesLoaded, () => status().Set.Policies.Count);
        instruments.Observe(Metrics.ExceptionsLoaded, () => status().Set.Exceptions.Count);
        instruments.Observe(Metrics.PoliciesLoadedTime, () => status().LoadedAt.ToUnixTimeSeconds());
        instruments.Observe(Metrics.PoliciesRefused, () => status().Refused.Count > 0 ? 1 : 0);
    }
}
