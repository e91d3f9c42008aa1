using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>A request ends after a time that somebody chose. See docs/facts/istio.md#no-timeout.</summary>
internal static class Timeout
{
    private static readonly NamesParameter ExemptRoutes = new(
        "exemptRoutes",
        "names of routes for streams and long polls, which may live as long as they like; * allowed"
    );
    private static readonly DurationParameter Default = new(
        "timeout",
        TimeSpan.FromSeconds(15),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromHours(1),
        "injected where a route has none"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-timeout",
        Summary = "Every route that forwards requests should have a timeout between 50 ms and 60 s.",
        Why =
            "Istio sets no timeout by itself: behind one slow dependency every caller's connections and threads fill up with requests that "
            + "wait for ever, and the outage spreads upwards "
            + "(DoorDash, 12 May 2022). A timeout spans all tries of a request (Envoy, router filter).",
        Remedy =
            "Set timeout on each route, longer than its slowest good answer. Streams and websockets have no end to wait for: name their "
            + "routes in exemptRoutes.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.Rollout],
        LeavesAddedRoutes = true,
        Parameters = [ExemptRoutes, Default, TimeoutBounds.Most, TimeoutBounds.Least],
        Baseline = GuardAction.Audit,
        Strict = GuardAction.Warn,
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var isDelegate = x.Spec["hosts"u8].Count == 0;
        foreach (var route in x.Subject.Routes)
        {
            if (!route.Forwards || route.IsNamedBy(x.Get(ExemptRoutes)))
                continue;
            var node = route.Node["timeout"u8];
            if (!node.Exists && route.TakesDefaults && !isDelegate)
                x.Report(Missing(x, route));
            // Less than a millisecond Istio refuses, which virtual-service-validity says.
            if (x.Read.Duration(node) < TimeSpan.FromMilliseconds(1))
                continue;
            if (TimeoutBounds.Check(x, route, node, "timeout", x.Get(Default)) is { } outside)
                x.Report(outside with { AtMost = GuardAction.Warn });
        }
    }

    private static Finding Missing(Inspection x, VirtualServiceRoute route)
    {
        var retries = route.Retries(x.Read);
        var timeout = x.Get(Default);
        var fits =
            retries.IsReadable
            && retries.TriesTake <= timeout.TotalSeconds
            && !(retries.PerTry >= timeout)
            && timeout >= x.Get(TimeoutBounds.Least)
            && timeout <= x.Get(TimeoutBounds.Most);
        return new Finding(
            Place.Of(route.Node, "timeout"),
            route.Key,
            $"{route.Title} has no timeout, every route needs one: a request to a slow server waits for ever"
        )
        {
            Remedy = fits ? $"timeout: {Durations.Write(timeout)}" : Longer(x, retries),
            Edit = fits ? new Edit(route.Node, [new("timeout", $"\"{Durations.Write(timeout)}\"")]) : null,
            AtMost = GuardAction.Warn,
        };
    }

    /// <summary>Where the tries do not fit into the timeout that would be injected.</summary>
    private static string Longer(Inspection x, RetryPolicy retries)
    {
        var tries = 1 + (double)(retries.Attempts ?? 0);
        var most = x.Get(TimeoutBounds.Most);
        if (retries.PerTry is not { } perTry)
            return $"timeout: {Durations.Write(most)}";
        var each = Durations.Write(perTry);
        if (retries.TriesTake > most.TotalSeconds)
            return $"timeout: {Durations.Write(most)}   # too short for {tries:0} tries of {each}: lower perTryTimeout too";
        var enough = TimeSpan.FromSeconds(Math.Max(retries.TriesTake, x.Get(TimeoutBounds.Least).TotalSeconds));
        return $"timeout: {Durations.Write(enough)}   # {tries:0} tries of {each}";
    }
}
