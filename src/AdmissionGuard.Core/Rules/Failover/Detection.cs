using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Failover;

/// <summary>Users who are sent out of the cluster get away from what fails there. See docs/facts/istio.md#locality-failover.</summary>
internal static class Detection
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts that need no outlier detection, such as one behind a load balancer that knows better; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "failover-detection",
        FormerIds = ["virtual-service-failover"],
        Summary = "A host in another cluster to which users are sent, or an outside one that gets a share of them, should have outlier detection.",
        Why =
            "A ServiceEntry has no readiness of pods: without a DestinationRule with outlier detection Envoy goes on sending the route's "
            + "share to another cluster's gateway, or to an address of a provider, that answers with errors. "
            + "A weight does not move by itself: those users get the errors until somebody changes the route.",
        Remedy =
            "Write a DestinationRule with outlierDetection for the host, in the ServiceEntry's namespace or the callers'. For a real failover "
            + "give one ServiceEntry the endpoints of several localities.",
        Kinds = [ObjectKind.VirtualService, ObjectKind.ServiceEntry],
        Reads = [ObjectKind.VirtualService, ObjectKind.DestinationRule, ObjectKind.ServiceEntry],
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>With any other one Envoy sends a request where the caller's own address says, so that there is nothing to choose from.</summary>
    private static readonly string[] ResolutionsWithEndpoints = ["STATIC", "DNS", "DNS_ROUND_ROBIN"];

    private static void Check(Inspection x)
    {
        if (x.Subject.Kind == ObjectKind.ServiceEntry)
            OfServiceEntry(x);
        else
            OfVirtualService(x);
    }

    private static void OfVirtualService(Inspection x)
    {
        foreach (var (host, share) in HostUsers.SharesOf(x.Subject))
        {
            if (
                !IsOutside(x, host)
                || HostRegistry.EntryFor(x.World, host) is not { } entry
                || !ChoosesEndpoints(entry.Root)
                || IsOnlyWay(entry.Root, share.Percent)
                || IsWatched(x, host, x.Spec, x.Subject.Namespace)
            )
                continue;
            var what =
                $"{Shown.Percent(share.Percent)} of the users of {share.Route.Title} go to {Shown.Clip(host, 80)}, for which no "
                + $"DestinationRule has outlier detection";
            x.Report(Unwatched(share.Item["destination"u8]["host"u8], host, what) with { Excess = share.Percent });
        }
    }

    private static void OfServiceEntry(Inspection x)
    {
        if (!ChoosesEndpoints(x.Subject.Root))
            return;
        var users = new HostUsers(x);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            if (x.Read.Text(item) is not { Length: > 0 } host || !told.Add(host) || MeshHost.IsWildcard(host) || !IsOutside(x, host))
                continue;
            foreach (var user in users.Of(host))
            {
                if (user.Share <= 0 || IsOnlyWay(x.Subject.Root, user.Share) || IsWatched(x, host, user.Root["spec"u8], user.Key.Namespace))
                    continue;
                x.Report(
                    Unwatched(
                        item,
                        host,
                        $"{Shown.Clip(host, 80)} gets {Shown.Percent(user.Share)} of a route's users from "
                            + $"{user.Key.TitleIn(x.Subject.Namespace)}, and no DestinationRule for it has outlier detection"
                    ) with
                    {
                        Excess = user.Share,
                    }
                );
                break;
            }
        }
    }

    private static Finding Unwatched(Node at, string host, string what) =>
        new(at, host, $"{what}: when it fails they get errors until somebody changes the route")
        {
            Limit = "a DestinationRule with outlierDetection",
        };

    private static bool IsOutside(Inspection x, string host) =>
        !MeshHost.IsInMesh(host, x.Settings.ClusterDomain) && !Wildcard.MatchesAny(x.Get(ExemptHosts), host);

    private static bool ChoosesEndpoints(Node entry) =>
        entry["spec"u8]["resolution"u8].Text is { } resolution && ResolutionsWithEndpoints.Contains(resolution);

    /// <summary>A provider on the internet that gets every request has no other side to fail over to; its own balancer is all there is.</summary>
    private static bool IsOnlyWay(Node entry, double percent) => percent >= 100 && !entry["spec"u8]["location"u8].IsText("MESH_INTERNAL"u8);

    private static bool Watches(MergedRule rule) =>
        rule.Effective.Maps.ToArray().Any(m => m.Node["outlierDetection"u8] is { IsObject: true } d && DetectionReach.Usual.CanFire(d, new Reader()));

    /// <summary>Clients of different namespaces may get different rules; outlier detection that any of them gets counts.</summary>
    private static bool IsWatched(Inspection x, string host, Node virtualService, string @namespace)
    {
        var policies = HostPolicies.Of(x);
        return new Attachment(virtualService, @namespace).Clients.Any(c => policies.For(host, c).Any(Watches));
    }
}
