using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>No rule takes encryption, or the proof of who answers, away from the mesh's own traffic. See docs/facts/istio.md#tls-modes.</summary>
internal static class TransportSecurity
{
    private static readonly NamesParameter ExemptHosts = new(
        "exemptHosts",
        "hosts that may be called so, such as a database that has no sidecar and brings its own TLS; fully qualified, * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-transport-security",
        Summary = "A DestinationRule must not switch off mutual TLS within the mesh, nor the check of a server's certificate.",
        Why =
            "With tls.mode DISABLE, or a tls without a mode, which is the same, callers send plain text even where both sides have a sidecar, "
            + "and a server whose policy is STRICT refuses every request. "
            + "insecureSkipVerify accepts any certificate, so whoever gets in between can answer. Without any tls Istio encrypts between "
            + "sidecars by itself (networking/v1alpha3/destination_rule.proto, ClientTLSSettings). "
            + "A subset or port replaces the tls of the levels above, and an entry for a port drops it by saying nothing "
            + "(pilot/pkg/networking/util, MergeSubsetTrafficPolicy).",
        Remedy =
            "Delete the tls block, or write mode: ISTIO_MUTUAL. For a server with a certificate of its own, write SIMPLE with caCertificates "
            + "or credentialName.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [ExemptHosts],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        if (scope.IsAmong(x.Get(ExemptHosts)))
            return;
        var domain = x.Settings.ClusterDomain;
        var inMesh = MeshHost.CoversMesh(scope.Host, domain) && !IsApiServer(scope.Qualified, domain);
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            var written = map.Node["tls"u8];
            var tls = x.Read.Map(written);
            if (!map.Decides("tls"u8) || written.Exists != tls.Exists)
                continue;
            if ((Weak(x, map, tls, scope, inMesh) ?? Differs(x, map, tls)) is { } finding)
                x.Report(finding);
        }
    }

    /// <summary>It has no sidecar, and its own TLS, which a second one of the proxy's would wrap.</summary>
    private static bool IsApiServer(string host, string clusterDomain) =>
        host.Equals($"kubernetes.default.svc.{clusterDomain}", StringComparison.OrdinalIgnoreCase);

    private static Finding? Weak(Inspection x, MapInForce map, Node tls, HostScope scope, bool inMesh)
    {
        if (!tls.Exists || ModeOf(tls, x.Read) is not { } mode)
            return null;
        var skips = tls["insecureSkipVerify"u8];
        if (mode == "DISABLE")
        {
            if (!inMesh)
                return null;
            return new Finding(
                Place.Of(tls, "mode"),
                $"{map.Key} plain",
                $"tls.mode is {(tls["mode"u8].Exists ? "" : "not set, which means ")}DISABLE: requests to {map.Whom(scope.Host)} go out "
                    + $"in plain text, and a server that demands mutual TLS refuses them; without tls Istio encrypts wherever the other side can"
            )
            {
                Found = Shown.Value(tls["mode"u8]),
                Limit = "no tls, or ISTIO_MUTUAL",
            };
        }
        if (x.Read.Boolean(skips) == true)
        {
            return new Finding(
                skips,
                $"{map.Key} unchecked",
                $"insecureSkipVerify is true: any certificate is accepted, so anybody on the way can answer for {map.Whom(scope.Host)}"
            )
            {
                Found = "true",
                Limit = "false",
                Remedy = "insecureSkipVerify: false",
            };
        }
        if (!inMesh || mode is not ("SIMPLE" or "MUTUAL") || tls["caCertificates"u8].Exists || tls["credentialName"u8].Exists)
            return null;
        return new Finding(
            tls,
            $"{map.Key} authority",
            $"tls.mode is {mode} without caCertificates or credentialName: only the public authorities in the proxy's image are trusted, and "
                + $"they sign for no service of the cluster"
        )
        {
            Limit = "caCertificates or credentialName",
            AtMost = GuardAction.Warn,
        };
    }

    /// <summary>Another mode than that which the map replaces. A mode instead of none, or of plain text, is no loss.</summary>
    private static Finding? Differs(Inspection x, MapInForce map, Node tls)
    {
        var replaced = x.Read.Map(map.Replaced("tls"u8));
        if (!replaced.Exists || ModeOf(replaced, x.Read) is not { } above || above == "DISABLE")
            return null;
        var mode = tls.Exists ? ModeOf(tls, x.Read) : "";
        if (mode is null || mode == above)
            return null;
        return new Finding(
            tls.Exists ? Place.Of(tls, "mode") : new Place(map.Node, "tls"),
            $"{map.Key} differs",
            tls.Exists
                ? $"tls.mode is {mode} for {map.Whom("")}, but {above} in {map.Above}: a server that expects the one refuses the other"
                : $"{map.Whom("")} drops the tls of {map.Above}, whose mode is {above}: an entry for a port replaces everything"
        )
        {
            Found = tls.Exists ? mode : null,
            Limit = above,
            Remedy = tls.Exists ? $"mode: {above}" : Yaml.Write("tls", replaced),
            AtMost = GuardAction.Warn,
        };
    }

    /// <summary>An absent mode is the first of the enumeration. Null where it cannot be read.</summary>
    private static string? ModeOf(Node tls, Reader read)
    {
        if (tls["mode"u8].Exists)
        {
            if (read.Text(tls["mode"u8]) is { } mode)
                return Shown.Clip(mode, 40);
            return null;
        }
        return "DISABLE";
    }
}
