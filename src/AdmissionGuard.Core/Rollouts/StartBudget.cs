using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The longest that a pod may take to start by its own probes, in seconds: what its author thought possible.</summary>
/// <param name="Probe">The probe that allows it.</param>
internal readonly record struct StartBudget(string Container, string Probe, double Seconds)
{
    /// <summary>The container that may take the longest; null where none has a probe that says so.</summary>
    public static StartBudget? Of(Node pod, Reader read)
    {
        StartBudget? longest = null;
        foreach (var item in read.Items(pod["containers"u8]))
        {
            var container = item;
            var name = container["name"u8].Text ?? "";
            foreach (var probe in (string[])["startupProbe", "readinessProbe"])
            {
                if (Allowed(container[probe], probe == "startupProbe", read) is { } seconds && !(seconds <= longest?.Seconds))
                    longest = new StartBudget(name, probe, seconds);
            }
        }
        return longest;
    }

    /// <summary>
    /// A startup probe kills the container after its failures; a readiness probe only says how long it is not even asked. Defaults as Kubernetes has
    /// them: period 10, failures 3.
    /// </summary>
    private static double? Allowed(Node probe, bool kills, Reader read)
    {
        if (!probe.IsObject)
            return null;
        double delay = read.Integer(probe["initialDelaySeconds"u8]) ?? 0;
        if (!kills)
            return delay > 0 ? delay : null;
        var failures = probe["failureThreshold"u8];
        var period = probe["periodSeconds"u8];
        if ((failures.Exists ? read.Integer(failures) : 3) is not { } times || (period.Exists ? read.Integer(period) : 10) is not { } seconds)
            return null;
        return delay + ((double)times * seconds);
    }
}
