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
        Reads = [ObjectKind.DestinationRule, ObjectKind.ServiceEntry],
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
        var policies = new HostPolicies(x.World);
        if (policies.ForAll(host, x.Subject.Namespace) is not { Parts: [var only] } now || only.Key != x.Key)
            return;
        if (policies.With(x.Key, default).ForAll(host, x.Subject.Namespace) is not { } hidden)
            return;
        Compare(x, now, hidden, "outlierDetection", "outlier detection");
        Compare(x, now, hidden, "connectionPool", "limits");
    }

    private static void Compare(Inspection x, MergedRule now, MergedRule hidden, string message, string words)
    {
        if (!hidden.Policy[message].Exists || now.Has(System.Text.Encoding.UTF8.GetBytes(message)))
            return;
        var other = hidden.Parts[0].Key;
        var whom = other.Namespace == x.Subject.Namespace ? "its callers" : $"callers in namespace {Shown.Clip(x.Subject.Namespace, 63)}";
        x.Report(
            new Finding(
                Place.Below(x.Spec, $"trafficPolicy/{message}"),
                $"{message} {other.Namespace}/{other.Name}",
                $"hides the {words} of {other.TitleIn(x.Subject.Namespace)} from {whom} and has none of its own"
            )
            {
                Limit = "what it hides",
                Remedy = x.Spec["trafficPolicy"u8].Exists
                    ? Yaml.Write(message, hidden.Policy[message])
                    : $"trafficPolicy:\n  {Yaml.Write(message, hidden.Policy[message]).Replace("\n", "\n  ", StringComparison.Ordinal)}",
            }
        );
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
