using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>The host is one that Istio finds a service for. See docs/facts/istio.md#hosts and docs/facts/istio.md#wildcard-hosts.</summary>
internal static class QualifiedHost
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-qualified-host",
        Summary = "The host of a DestinationRule should be a service's short or full name, without a wildcard where there are subsets.",
        Why =
            "Istio completes a host without a dot and takes any other as it is (pkg/config, ResolveShortnameToFQDN; istio/istio#54147): "
            + "reviews.prod matches no service of the registry, "
            + "and all that the rule says, limits and outlier detection included, never takes effect. Rules for a wildcard and for one of its "
            + "services do not merge: "
            + "the more exact one hides the subsets of the other, and routes to them answer 503.",
        Remedy = "Write the full name, reviews.prod.svc.cluster.local, and subsets in a rule for the one service.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.ServiceEntry],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        if (MeshHost.IsWildcard(scope.Host))
            Wildcard(x, scope);
        else if (MeshHost.Meant(scope.Qualified, x.Settings.ClusterDomain) is { } meant)
            Misspelt(x, scope, meant);
        else if (MeshHost.IsUnfinished(scope.Host, x.Settings.ClusterDomain) && !x.World.Claiming(scope.Host, ObjectKind.ServiceEntry).Any())
            Unfinished(x, scope, scope.Host.Split('.'));
    }

    private static void Misspelt(Inspection x, HostScope scope, string meant) =>
        x.Report(
            new Finding(
                x.Spec["host"u8],
                $"host {scope.Host}",
                $"host is {Shown.Quote(Shown.Clip(scope.Host, 80))}, which Istio compares letter by letter: the service is "
                    + $"{Shown.Clip(meant, 80)}, so this rule is for no service"
            )
            {
                Found = Shown.Clip(scope.Host, 80),
                Limit = Shown.Clip(meant, 80),
                Remedy = $"host: {Shown.Clip(meant, 300)}",
            }
        );

    private static void Unfinished(Inspection x, HostScope scope, string[] labels)
    {
        var @namespace = labels[1] == "svc" ? x.Subject.Namespace : labels[1];
        var full = $"{labels[0]}.{@namespace}.svc.{x.Settings.ClusterDomain}";
        x.Report(
            new Finding(
                x.Spec["host"u8],
                $"host {scope.Host}",
                $"host is {Shown.Quote(scope.Host)}, which Istio does not complete because of its dot: the rule is for no service, unless a "
                    + $"ServiceEntry has this host"
            )
            {
                Found = scope.Host,
                Limit = full,
                Remedy = $"host: {full}",
                AtMost = GuardAction.Warn,
            }
        );
    }

    private static void Wildcard(Inspection x, HostScope scope)
    {
        var subsets = x.Spec["subsets"u8];
        if (subsets.Count == 0)
            return;
        x.Report(
            new Finding(
                subsets,
                "subsets",
                $"{Shown.Quote(Shown.Clip(scope.Host, 80))} has {subsets.Count} {(subsets.Count == 1 ? "subset" : "subsets")}: a rule for one "
                    + $"of its services hides them, and routes to them answer 503"
            )
            {
                Found = Shown.Clip(scope.Host, 80),
                Limit = "a host without a wildcard",
                AtMost = GuardAction.Warn,
            }
        );
    }
}
