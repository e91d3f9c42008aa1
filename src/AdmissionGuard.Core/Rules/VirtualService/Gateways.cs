using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>Callers do not lose their routes by an edit of a list. See docs/facts/istio.md#gateways.</summary>
internal static class Gateways
{
    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-gateways",
        Summary = "An update of a VirtualService should not take a gateway, the mesh or a host out of it.",
        Why =
            "Routes hold for the hosts and gateways listed, and for no other from the moment of the update: users of a gateway that is gone "
            + "get 404, callers in the mesh fall back to a plain route "
            + "without weights, timeouts and retries. Naming a first gateway is enough: gateways that are not named mean mesh, and naming one "
            + "takes it away (Istio API, VirtualService.gateways).",
        Remedy = "Keep mesh and the gateways that clients still use; move a host to another VirtualService before it goes here.",
        Kinds = [ObjectKind.VirtualService],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>More say nothing new.</summary>
    private const int Shows = 10;

    /// <summary>In DNS.</summary>
    private const int LongestHost = 253;

    private static void Check(Inspection x)
    {
        if (x.Old is not { } old || old.Spec["hosts"u8].Count == 0)
            return;
        var before = old.Attachment.Names;
        var now = x.Subject.Attachment.Names;
        if (now.Count > 0)
            OfGateways(x, [.. before.Except(now, StringComparer.Ordinal)], now);
        if (Hosts(old) is { } had && Hosts(x.Subject) is { } has)
            OfHosts(x, [.. had.Where(h => !Covers(has, h))]);
    }

    private static void OfGateways(Inspection x, IReadOnlyList<string> gone, IReadOnlyList<string> left)
    {
        foreach (var gateway in gone.Take(Shows))
        {
            var effect =
                gateway == Attachment.Mesh
                    ? "callers in the mesh fall back at once to a plain route, without weights, timeouts and retries"
                    : "whoever comes through it gets 404 at once";
            var all = left.Concat(gone).Select(g => Shown.Clip(g, 120));
            x.Report(
                new Finding(
                    Place.Of(x.Spec, "gateways"),
                    $"gateway {gateway}",
                    $"{Shown.Clip(gateway, 120)} was among the gateways until now and is no more: {effect}"
                )
                {
                    Remedy = left.Count + gone.Count > 2 * Shows ? $"- {Shown.Clip(gateway, 120)}" : $"gateways: [{string.Join(", ", all)}]",
                }
            );
        }
    }

    private static void OfHosts(Inspection x, IReadOnlyList<string> gone)
    {
        foreach (var host in gone.Take(Shows))
        {
            x.Report(
                new Finding(
                    Place.Of(x.Spec, "hosts"),
                    $"host {host}",
                    $"{Shown.Clip(host, 120)} was among the hosts until now and is no more: requests for it lose these routes at once"
                )
                {
                    Remedy =
                        x.Spec["hosts"u8].Count > 0
                            ? $"- {Shown.Quote(Shown.Clip(host, LongestHost))}"
                            : $"hosts: [{Shown.Quote(Shown.Clip(host, LongestHost))}]",
                }
            );
        }
    }

    /// <summary>Qualified; null where one cannot be read.</summary>
    private static HashSet<string>? Hosts(Subject of)
    {
        var list = of.Spec["hosts"u8];
        var hosts = new HashSet<string>(list.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var item in of.Read.Items(list))
        {
            if (of.Read.Text(item) is not { } host)
                return null;
            hosts.Add(MeshHost.Qualify(host, of.Namespace, of.Settings.ClusterDomain));
        }
        return list.Exists && !list.IsArray ? null : hosts;
    }

    /// <summary>By itself or by a wildcard above it.</summary>
    private static bool Covers(HashSet<string> hosts, string host)
    {
        if (hosts.Contains(host) || hosts.Contains("*"))
            return true;
        if (host.Length > LongestHost)
            return false;
        for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = host.IndexOf('.', dot + 1))
        {
            if (hosts.Contains($"*{host[dot..]}"))
                return true;
        }
        return false;
    }
}
