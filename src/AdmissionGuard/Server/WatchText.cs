using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Live;
using AdmissionGuard.Telemetry;

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
                                + $"{Times.Second(since)}, rules that read "
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
    public static void Observe(Instruments instruments, Func<LiveState> standing) =>
        instruments.Observe(Metrics.WatchSynced, () =>
            standing().Watches.Select(w => (w.Name, w.State is { Synced: true, LostSince: null } ? 1.0 : 0.0))
        );
}
