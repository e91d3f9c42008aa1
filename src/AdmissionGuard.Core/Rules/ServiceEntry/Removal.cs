using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.ServiceEntry;

/// <summary>A host stays defined while users are sent there. See docs/facts/istio.md#make-before-break.</summary>
internal static class Removal
{
    public static readonly Rule Rule = new()
    {
        Id = "service-entry-removal",
        Summary = "A ServiceEntry must not be deleted, nor lose a host, while a VirtualService sends users to that host.",
        Why =
            "Without a definition Envoy has no cluster for the host: every user whom the route sends there gets 503 with the flag NC, "
            + "although the VirtualService has not changed and Istio accepts both (Istio, Traffic Management Best Practices, make before break).",
        Remedy = "Take the host out of every route first, or define it in another ServiceEntry before this one goes.",
        Kinds = [ObjectKind.ServiceEntry],
        Reads = [ObjectKind.ServiceEntry, ObjectKind.Service, ObjectKind.VirtualService],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Deny,
        OnDelete = true,
        Check = Check,
    };

    private const int Shows = 3;

    private static void Check(Inspection x)
    {
        if ((x.IsDeletion ? x.Subject : x.Old) is not { } before)
            return;
        var users = new HostUsers(x);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in before.Spec["hosts"u8].Items)
        {
            if (item.Text is not { Length: > 0 } host || !told.Add(host) || !IsLost(x, host))
                continue;
            foreach (var user in users.Of(host).Take(Shows))
            {
                var needs =
                    user.Share > 0
                        ? $"sends {Shown.Percent(user.Share)} of a route's users there: they get 503"
                        : "still names it with weight 0: the first users sent there get 503";
                x.Report(
                    new Finding(
                        x.IsDeletion ? item : Place.Of(x.Spec, "hosts"),
                        $"{host} {user.Key.Namespace}/{user.Key.Name}",
                        $"host {Shown.Quote(Shown.Clip(host, 100))} goes and nothing else defines it, {user.Key.TitleIn(x.Subject.Namespace)} {needs}"
                    )
                    {
                        Limit = "a host that no route names",
                        Excess = user.Share,
                        Remedy = x.IsDeletion ? null : $"- {Shown.Clip(host, 253)}",
                        AtMost = x.World.IsWhole && user.Share > 0 ? GuardAction.Deny : GuardAction.Warn,
                    }
                );
            }
        }
    }

    /// <summary>Who routes to what a wildcard covered is not known: routes are found by their very host.</summary>
    private static bool IsLost(Inspection x, string host) =>
        !MeshHost.IsWildcard(host)
        && HostRegistry.Look(x.World, host, out _) switch
        {
            Presence.Here => false,
            Presence.Absent => true,
            // Of manifests, that nothing given defines it is all that can be known; a Service may well be somewhere.
            _ => !x.World.IsWhole && MeshHost.Service(host, x.Settings.ClusterDomain) is null,
        };
}
