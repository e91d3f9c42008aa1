using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Smi;

/// <summary>An SMI TrafficSplit, which is one route: from its root service to its backends (docs/facts/smi.md#traffic-split).</summary>
internal sealed class TrafficSplitRoute(Node spec, Reader read) : SplitRoute(spec, "split", 0, Shares.OfTrafficSplit(spec["backends"u8], read))
{
    /// <summary>The root service: another one makes it another split.</summary>
    public override Node NameNode => Node["service"u8];

    public override Node Match => Node["matches"u8];

    public override Node Destinations => Node["backends"u8];

    public override string ListName => "backends";

    /// <summary>No other split's users fall to it.</summary>
    public override bool IsCatchAll => false;

    public override string CanonicalMatch => $"{Name} {new MatchSet(Match).Canonical}";

    public override string Title => Name is { } name ? $"the split of {Shown.Clip(name, 60)}" : "the split";

    public override string Noun => "split";

    protected override string? Words => null;

    public override Destination DestinationOf(Node item, KubeObject of) => Service(item["service"u8], of);

    public static Destination Service(Node name, KubeObject of) =>
        new(MeshHost.Qualify(of.Read.Text(name) ?? "", of.Namespace, of.Settings.ClusterDomain), null, null);

    public override IEnumerable<string> LinesOf(Node item) => [$"service: {Yaml.Text(item["service"u8].Text ?? "")}"];

    public override string? KeptOf(Node item) => null;
}
