using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Policies;

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
                + $"{status.LoadedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\n"
        );
        foreach (var error in status.Refused)
            text.Append("[-]policies refused, the last good ones stay in force: ").Append(Shown.Clean(error.ToString())).Append('\n');
        return text.ToString();
    }

    public static (string Name, string Help, double Value)[] Gauges(PolicyStatus status) =>
        [
            ("admissionguard_policies_loaded", "Policies in force.", status.Set.Policies.Count),
            ("admissionguard_exceptions_loaded", "Exceptions known, ended ones included.", status.Set.Exceptions.Count),
            ("admissionguard_policies_loaded_timestamp_seconds", "When the policies in force were read.", status.LoadedAt.ToUnixTimeSeconds()),
            (
                "admissionguard_policies_refused",
                "1 while a policy holds an error and its last good version stays in force.",
                status.Refused.Count > 0 ? 1 : 0
            ),
        ];
}
