using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>A gateway has the hosts of its VirtualServices. See docs/facts/istio.md#gateway-servers.</summary>
internal static class GatewayServers
{
    private const int Shows = 10;

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-gateway-servers",
        Summary = "A gateway that a VirtualService names should exist and have a server for its hosts.",
        Why =
            "Istio writes routes only for hosts that a server of the Gateway lists, in a namespace that it allows; the rest is left out without a "
            + "word, and users get 404 (istioctl analyze, IST0101 and IST0132).",
        Remedy = "Correct the name in gateways, or add the host to a server of the Gateway.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.IstioGateway],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Spec["http"u8].Count == 0)
            return;
        foreach (var gateway in x.Subject.Attachment.Gateways.Order(StringComparer.Ordinal).Take(Shows))
        {
            var key = ServerHosts.KeyOf(gateway);
            var presence = x.World.Look(key, out var node);
            if (presence == Presence.Absent)
                x.Report(Said(x.Spec["gateways"u8], gateway, $"Gateway {Shown.Clip(gateway, 120)} does not exist: nobody has these routes there"));
            if (presence != Presence.Here)
                continue;
            var servers = GatewayServer.Of(node, key.Namespace);
            foreach (var item in x.Spec["hosts"u8].Items.Take(Shows))
            {
                var host = x.Subject.Qualified(item).ToLowerInvariant();
                if (item.Text is not null && !servers.Any(s => s.IsHttp && s.NamesOf(host, x.Subject.Namespace).Any()))
                    x.Report(
                        Said(
                            item,
                            $"{gateway} {host}",
                            $"no server of Gateway {Shown.Clip(gateway, 120)} has the host {Shown.Value(item)}: its users get 404"
                        )
                    );
            }
        }
    }

    private static Finding Said(Node at, string key, string message) =>
        new(at, key, message)
        {
            Limit = "a Gateway with a server for the host",
            RestsOnAbsence = true,
            AtMost = GuardAction.Warn,
        };
}
