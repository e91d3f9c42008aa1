using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>Connections are used more than once. See docs/facts/istio.md#keep-alive.</summary>
internal static class ConnectionReuse
{
    private static readonly NamesParameter ExemptHosts = new("exemptHosts", "hosts that cannot keep connections alive; fully qualified, * allowed");

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-connection-reuse",
        Summary = "A DestinationRule should let connections be used for more than one request.",
        Why =
            "A maxRequestsPerConnection of 1 turns keep-alive off (networking/v1alpha3/destination_rule.proto): every request pays for a TCP "
            + "and a TLS handshake, "
            + "and under load the callers run out of ports and the service spends its time on handshakes. It is often left over from an example "
            + "of circuit breaking.",
        Remedy = "Delete the line, or write 0 (no limit) or a number of some hundreds.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (new HostScope(x.Subject).IsAmong(x.Get(ExemptHosts)))
            return;
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            var most = x.Read.Map(x.Read.Map(map.Node["connectionPool"u8])["http"u8])["maxRequestsPerConnection"u8];
            if (!map.Decides("connectionPool"u8) || x.Read.Integer(most) is not 1)
                continue;
            x.Report(
                new Finding(
                    most,
                    map.Key,
                    "maxRequestsPerConnection is 1, it must be 0 (no limit) or at least 2: every request opens a connection of its own, with "
                        + "its handshakes"
                )
                {
                    Found = "1",
                    Limit = "0, or 2 and more",
                    Remedy = "maxRequestsPerConnection: 0",
                }
            );
        }
    }
}
