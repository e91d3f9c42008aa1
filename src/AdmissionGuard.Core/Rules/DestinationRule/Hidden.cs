using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// A DestinationRule that hides another one should have the protection that it hides. See docs/facts/istio.md#destination-rule-lookup and
/// docs/facts/istio.md#wildcard-hosts.
/// </summary>
internal static class Hidden
{
    private static readonly BooleanParameter ClientSide = new(
        "clientSide",
        false,
        "report too what lies neither in the service's namespace nor in the root namespace, and so is for callers of its own namespace only"
    )
    {
        Strict = true,
    };

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-hidden",
        Summary = "A DestinationRule that hides another one for its callers should repeat that one's outlier detection and limits.",
        Why =
            "A caller gets one DestinationRule for a host: of its own namespace, else of the service's, else of the root namespace, and "
            + "within one the most specific host "
            + "(pilot/pkg/model/push_context.go, destinationRule). Nothing is inherited: what is hidden no longer ejects failing endpoints or "
            + "limits requests for these callers.",
        Remedy = "Repeat what is hidden, or change the DestinationRule in the service's namespace instead.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [ClientSide],
        Baseline = GuardAction.Warn,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Read.Text(x.Spec["host"u8]) is not { Length: > 0 } written)
            return;
        var host = MeshHost.Qualify(written, x.Subject.Namespace, x.Settings.ClusterDomain);
        if (x.Get(ClientSide))
            OfClients(x, host);
        foreach (var hidden in HostPolicies.HostsOf(x.World, host))
            Compare(x, hidden);
    }

    private static void Compare(Inspection x, string host)
    {
        var policies = HostPolicies.Of(x);
        var without = policies.With(x.Key, default);
        var ports = HostRegistry.KnownPorts(x.World, host);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var caller in Callers.Of(x.World, host, x.Subject.Namespace, x.Spec))
        {
            var now = policies.For(host, caller);
            if ((now is not null && now.Parts[0].Key != x.Key) || without.For(host, caller) is not { } hidden || IsTogether(x, hidden))
                continue;
            foreach (var target in Protection.TargetsOf(now, hidden, ports))
            {
                var left = Protection.Of(now, target, x.Settings.Mesh);
                var lost = Protection.Of(hidden, target, x.Settings.Mesh);
                if (lost.Ejects && !left.Ejects && told.Add("outlierDetection"))
                    x.Report(Of(x, now, hidden, caller, target, "outlierDetection", "outlier detection"));
                if (lost.Limits && !left.Limits && told.Add("connectionPool"))
                    x.Report(Of(x, now, hidden, caller, target, "connectionPool", "limits"));
            }
        }
    }

    /// <summary>Rules for the same host in the same namespace are another rule's matter.</summary>
    private static bool IsTogether(Inspection x, MergedRule other) =>
        other.Parts[0].Key.Namespace == x.Subject.Namespace
        && MeshHost.Qualify(other.Parts[0].Root["spec"u8]["host"u8].Text ?? "", x.Subject.Namespace, x.Settings.ClusterDomain)
            == MeshHost.Qualify(x.Spec["host"u8].Text ?? "", x.Subject.Namespace, x.Settings.ClusterDomain);

    /// <param name="now">Null where the rule takes the other's place for these callers and is not for them itself.</param>
    private static Finding Of(
        Inspection x,
        MergedRule? now,
        MergedRule hidden,
        in Caller caller,
        in Protection.Target target,
        string message,
        string words
    )
    {
        var other = hidden.Parts[0].Key;
        var whom = caller.Namespace is null ? "callers in other namespaces" : $"callers in namespace {Shown.Clip(caller.Namespace, 63)}";
        string why;
        if (now is not null)
            why = "and has none of its own";
        else if (x.Spec["workloadSelector"u8].Exists)
            why = "that its workloadSelector does not pick, because Istio looks nowhere else once a namespace has a rule for the host";
        else
            why = "to whom it is not exported, because Istio tries no wider host once there is a rule for this one";
        var value = Protection.Message(hidden, System.Text.Encoding.UTF8.GetBytes(message), target, x.Settings.Mesh);
        return new Finding(
            Place.Below(x.Spec, $"trafficPolicy/{message}"),
            $"{message} {other.Namespace}/{other.Name}",
            $"hides the {words} of {other.TitleIn(x.Subject.Namespace)}{(target.Subset is null ? "" : $" for{target}")} from {whom} {why}"
        )
        {
            Limit = "what it hides",
            Remedy = RemedyOf(x, now, message, value),
        };
    }

    private static string? RemedyOf(Inspection x, MergedRule? now, string message, Node value)
    {
        if (now is null || !value.Exists)
            return null;
        var written = Yaml.Write(message, value);
        return x.Spec["trafficPolicy"u8].Exists ? written : $"trafficPolicy:\n  {written.Replace("\n", "\n  ", StringComparison.Ordinal)}";
    }

    private static void OfClients(Inspection x, string host)
    {
        var mine = x.Subject.Namespace;
        if (
            MeshHost.IsWildcard(host)
            || mine == x.Settings.RootNamespace
            || HostRegistry.NamespaceOf(x.World, host) is not { } service
            || service == mine
        )
            return;
        x.Report(
            new Finding(
                x.Spec["host"u8],
                "client side",
                $"the service is in namespace {Shown.Clip(service, 63)}, the rule in {Shown.Clip(mine, 63)}: only callers in "
                    + $"{Shown.Clip(mine, 63)} get it"
            )
            {
                Found = Shown.Clip(mine, 63),
                Limit = $"{Shown.Clip(service, 63)}, or {x.Settings.RootNamespace}",
            }
        );
    }
}
