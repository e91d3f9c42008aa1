using System.Globalization;
using System.Text;
using AdmissionGuard.Core;
using AdmissionGuard.Live;

namespace AdmissionGuard.Server;

/// <summary>How far the cluster is known, for <c>/readyz</c> and for the metrics.</summary>
internal static class WatchText
{
    /// <summary>Why it is not ready; empty where it is.</summary>
    public static string Reasons(LiveState standing) => standing.IsReady ? "" : Lines(standing, all: false);

    public static string Lines(LiveState standing, bool all = true)
    {
        var text = new StringBuilder();
        foreach (var (name, state) in standing.Watches)
        {
            if (state is { Synced: true, LostSince: null } && !all)
                continue;
            text.Append(
                    Shown.Clean(
                        state switch
                        {
                            { Synced: false } => $"[-]watch {name}: not loaded yet: {state.Reason}",
                            { LostSince: { } since } => $"[-]watch {name}: lost since "
                                + $"{since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}, rules that read "
                                + $"it warn at most: {state.Reason}",
                            { Served: false } => $"[+]watch {name}: {state.Reason}",
                            _ => $"[+]watch {name}: in step",
                        }
                    )
                )
                .Append('\n');
        }
        return text.ToString();
    }

    /// <summary>One a kind; the kinds are those that are defined.</summary>
    public static (string Name, string Help, double Value)[] Gauges(LiveState standing) =>
        [
            .. standing
                .Watches.OrderBy(w => w.Name, StringComparer.Ordinal)
                .Select(w =>
                    (
                        $"admissionguard_watch_synced{{kind=\"{w.Name}\"}}",
                        "1 while all objects of the kind are known and changes are told; 0 makes rules that read it warn at most.",
                        w.State is { Synced: true, LostSince: null } ? 1.0 : 0.0
                    )
                ),
        ];
}
