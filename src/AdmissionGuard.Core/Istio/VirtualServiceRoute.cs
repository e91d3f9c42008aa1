using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Istio;

/// <summary>A route of a VirtualService, of whichever protocol.</summary>
internal sealed class VirtualServiceRoute : SplitRoute
{
    private IReadOnlyList<string>? retryConditions;
    private RetryPolicy? retries;

    /// <param name="index">Among the routes of its protocol; first match wins.</param>
    private VirtualServiceRoute(Node node, string protocol, int index, Reader read)
        : base(node, protocol, index, Shares.OfIstio(node["route"u8], read)) { }

    public bool IsHttp => ReferenceEquals(Protocol, Http);

    /// <summary>Only http routes have names.</summary>
    public override Node NameNode => IsHttp ? Node["name"u8] : default;

    public override Node Match => Node["match"u8];

    public override Node Destinations => Node["route"u8];

    public override string ListName => "route";

    /// <summary>Of its <c>retries</c>, split once for all rules: see <see cref="RetryPolicy.Conditions"/>.</summary>
    public IReadOnlyList<string> RetryConditions => retryConditions ??= RetryPolicy.ConditionsOf(Node["retries"u8]["retryOn"u8]);

    /// <summary>Its <c>retries</c> with its <c>timeout</c>, read once for all rules.</summary>
    /// <param name="read">Of the object that it belongs to.</param>
    public RetryPolicy Retries(Reader read) => retries ??= new RetryPolicy(this, read);

    public MatchSet Conditions => new(Match);

    /// <summary>Takes every request that comes so far.</summary>
    public override bool IsCatchAll => Conditions.IsCatchAll;

    public override string CanonicalMatch => Conditions.Canonical;

    /// <summary>
    /// An http route that sends requests to destinations: only these have timeouts and retries of their own
    /// (docs/facts/istio.md#routes-with-timeouts).
    /// </summary>
    public bool Forwards => IsHttp && Node["route"u8].Count > 0;

    /// <summary>
    /// An http route that delegates to another VirtualService, which takes its timeout and retries where it sets none
    /// (docs/facts/istio.md#delegate-defaults).
    /// </summary>
    public bool Delegates => IsHttp && Node["delegate"u8].Exists;

    /// <summary>
    /// It should have a timeout and retries: no websocket, which a timeout would cut. A fault switches neither off
    /// (docs/facts/istio.md#fault-and-timeout).
    /// </summary>
    public bool TakesDefaults => Forwards && !Conditions.MatchesUpgrade;

    public override string Noun => "route";

    protected override string? Words => Conditions.Words;

    private const string Http = "http";

    public override Destination DestinationOf(Node item, KubeObject of) => Destination.OfIstio(item, of);

    public override IEnumerable<string> LinesOf(Node item)
    {
        var destination = item["destination"u8];
        var subset = destination["subset"u8].Text is { Length: > 0 } text ? $", subset: {Yaml.Text(text)}" : "";
        var port = destination["port"u8]["number"u8] is { Exists: true } number ? $", port: {{number: {Shown.Value(number)}}}" : "";
        yield return $"destination: {{host: {Yaml.Text(destination["host"u8].Text ?? "")}{subset}{port}}}";
    }

    public override string? KeptOf(Node item) => item["headers"u8].Exists ? "headers" : null;

    public static IReadOnlyList<VirtualServiceRoute> Of(Node spec, Reader read)
    {
        var routes = new List<VirtualServiceRoute>(spec["http"u8].Count);
        Add(routes, spec["http"u8], Http, read);
        Add(routes, spec["tls"u8], "tls", read);
        Add(routes, spec["tcp"u8], "tcp", read);
        return routes;
    }

    private static void Add(List<VirtualServiceRoute> routes, Node list, string protocol, Reader read)
    {
        var index = 0;
        foreach (var item in read.Items(list))
        {
            var node = read.Map(item);
            routes.Add(new VirtualServiceRoute(node, protocol, index++, read));
        }
    }
}
