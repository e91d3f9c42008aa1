using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedDestinationRule"/> that is about a policy: of the host, of a subset, of a port.</summary>
internal static class RefusedTrafficPolicy
{
    private static readonly string[] OfPort = ["outlierDetection", "connectionPool", "loadBalancer", "tls"];

    private static readonly string[] OfHost = [.. OfPort, "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget"];

    public static void Check(Node policy, Refusals to)
    {
        if (!to.Read.Map(policy).IsObject)
            return;
        if (IsEmpty(policy, OfHost))
        {
            to.Add(
                policy,
                "trafficPolicy",
                $"trafficPolicy is empty, one of {string.Join(", ", OfHost)} is needed: remove it where nothing is meant"
            );
            return;
        }
        if (policy["tunnel"u8].Exists && policy["proxyProtocol"u8].Exists)
            to.Add(policy["proxyProtocol"u8], "tunnel and proxyProtocol", "proxyProtocol stands beside tunnel, one of them is allowed");
        Parts(policy, to);
        Tunnel(policy["tunnel"u8], to);
        var scope = to.Scope;
        foreach (var item in to.Read.Items(policy["portLevelSettings"u8]))
        {
            var port = to.Read.Map(item);
            to.Scope = $"{scope} port {Shown.Value(port["port"u8]["number"u8])}".TrimStart();
            if (!port["port"u8].Exists)
                to.Add(new Place(port, "port"), "port", "the settings of a port do not say which, port is needed", "port: {number: 80}");
            if (IsEmpty(port, OfPort))
                to.Add(port, "settings", $"the settings of a port are empty, one of {string.Join(", ", OfPort)} is needed");
            Parts(port, to);
        }
        to.Scope = scope;
    }

    private static bool IsEmpty(Node policy, string[] keys) =>
        policy.IsObject && !keys.Any(k => policy[k].IsArray ? policy[k].Count > 0 : policy[k].Exists);

    private static void Parts(Node policy, Refusals to)
    {
        OutlierDetection(policy["outlierDetection"u8], to);
        RefusedPool.Check(policy["connectionPool"u8], to);
        RefusedLoadBalancer.Check(policy["loadBalancer"u8], to);
        RefusedTls.Check(policy["tls"u8], to);
    }

    private static void OutlierDetection(Node detection, Refusals to)
    {
        if (!to.Read.Map(detection).IsObject)
            return;
        to.Duration(detection["baseEjectionTime"u8], "baseEjectionTime");
        to.Duration(detection["interval"u8], "interval");
        to.Range(detection["maxEjectionPercent"u8], "maxEjectionPercent", 0, 100);
        to.Range(detection["minHealthPercent"u8], "minHealthPercent", 0, 100);
        var local = detection["consecutiveLocalOriginFailures"u8];
        if (to.Read.Integer(local) > 0 && to.Read.Boolean(detection["splitExternalLocalOriginErrors"u8]) != true)
        {
            to.Add(
                local,
                "consecutiveLocalOriginFailures",
                "consecutiveLocalOriginFailures is set, but splitExternalLocalOriginErrors is not true, which it needs",
                "splitExternalLocalOriginErrors: true"
            );
        }
    }

    private static void Tunnel(Node tunnel, Refusals to)
    {
        if (!to.Read.Map(tunnel).IsObject)
            return;
        if (to.Read.Text(tunnel["protocol"u8]) is { } protocol && protocol is not ("" or "CONNECT" or "POST"))
            to.Add(
                tunnel["protocol"u8],
                "protocol",
                $"the protocol of the tunnel is {Refusals.Word(protocol)}, CONNECT or POST is allowed",
                "protocol: CONNECT"
            );
        if (to.Read.Text(tunnel["targetHost"u8]) is { } host && !IstioNames.IsAddress(host) && IstioNames.WrongName(host) is { } why)
            to.Add(tunnel["targetHost"u8], "targetHost", $"targetHost {Refusals.Word(host)} is neither a full name nor an address, {why}");
        to.Port(tunnel["targetPort"u8], "targetPort");
    }
}
