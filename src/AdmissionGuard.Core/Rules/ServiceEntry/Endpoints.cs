using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.ServiceEntry;

/// <summary>A service of the mesh does not hang on one name. See docs/facts/istio.md#service-entry-internal.</summary>
internal static class Endpoints
{
    /// <summary>Ports on which nothing but the mesh could encrypt and name the other side.</summary>
    private static readonly string[] PlainProtocols = ["HTTP", "HTTP2", "GRPC", "GRPC-WEB"];

    public static readonly Rule Rule = new()
    {
        Id = "service-entry-endpoints",
        Summary = "A ServiceEntry that is part of the mesh should have more than one endpoint.",
        Why =
            "MESH_INTERNAL with resolution DNS and one endpoint is one gateway of another cluster, mostly: when it is away so is the whole "
            + "service, and outlier detection has nowhere else to send requests. "
            + "Istio does not know who answers there, so over a plain protocol it asks for no mutual TLS unless the endpoint or a "
            + "DestinationRule says so (Istio API, networking/v1alpha3/service_entry.proto).",
        Remedy = "List a second endpoint, with its locality, and set outlier detection in a DestinationRule for the host.",
        Kinds = [ObjectKind.ServiceEntry],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (!x.Spec["location"u8].IsText("MESH_INTERNAL"u8) || !x.Spec["resolution"u8].IsText("DNS"u8))
            return;
        var endpoints = x.Spec["endpoints"u8];
        if (endpoints.Count != 1 || endpoints.ItemAt(0)["address"u8].Text is not { Length: > 0 } address || !IsPlain(x))
            return;
        x.Report(
            new Finding(
                endpoints,
                "endpoints",
                $"{Shown.Quote(Shown.Clip(address, 80))} is the only endpoint, 2 or more advised: when it is away, every request for "
                    + $"{HostOf(x)} fails"
            )
            {
                Found = "1",
                Limit = "2",
                Excess = 1,
                Remedy = "- address: second-gateway.example   # one that fails for other reasons",
            }
        );
    }

    private static bool IsPlain(Inspection x)
    {
        foreach (var item in x.Spec["ports"u8].Items)
        {
            if (item["protocol"u8].Text is { } protocol && PlainProtocols.Contains(protocol, StringComparer.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static string HostOf(Inspection x)
    {
        foreach (var item in x.Spec["hosts"u8].Items)
        {
            if (item.Text is { Length: > 0 } host)
                return Shown.Clip(host, 80);
        }
        return "its hosts";
    }
}
