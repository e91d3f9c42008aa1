using System.Globalization;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

public sealed partial class NeverBlockedTests
{
    /// <summary>Each kind by one request that deletes the collection.</summary>
    private async Task Clear(Kubectl user)
    {
        foreach (
            var (version, kind) in ((string, string)[])
                [("argoproj.io/v1alpha1", "rollouts"), ("networking.istio.io/v1", "virtualservices"), ("networking.istio.io/v1", "destinationrules")]
        )
        {
            (await user.Run($"delete --raw /apis/{version}/namespaces/{ns}/{kind}")).Passed();
        }
    }

    /// <summary>Without what kubectl says of its own annotation, in a dry run alone.</summary>
    private static string Said(Outcome outcome) =>
        string.Join('\n', outcome.Error.Split('\n').Where(l => !l.Contains("last-applied-configuration", StringComparison.Ordinal)));

    private Task<Outcome> StoreAll() =>
        Controller.Apply(string.Join("\n---\n", Rollout("api:1"), VirtualService(100, 0, attempts: 10), DestinationRule(Zeros)));

    private async Task<JsonNode> Get(string what) => JsonNode.Parse((await cluster.Kubectl.Run($"get {what} -n {ns} -o json")).Passed().Out)!;

    private async Task<string> Left() => (await cluster.Kubectl.Run($"get rollouts,virtualservices,destinationrules -n {ns} -o name")).Passed().Out;

    private async Task<string> Versions() =>
        (await cluster.Kubectl.Run($"get rollouts,virtualservices,destinationrules -n {ns} -o jsonpath={{.items[*].metadata.resourceVersion}}"))
            .Passed()
            .Out;

    private static string Owner(string kind, string version) =>
        $$"""
            "ownerReferences": [{"apiVersion": "{{version}}", "kind": "{{kind}}", "name": "api",
             "uid": "5b0b3a0e-95d8-4d51-9d5a-9e3ab6f1c111", "controller": true}]
            """;

    private const string Detection = ", trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s}}";

    private const string Zeros = ", trafficPolicy: {connectionPool: {tcp: {maxConnections: 0}, http: {maxRetries: 0}}}";

    private string DestinationRule(string spec, string metadata = "") =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: {{{ns}}}, {{{metadata}}} }
            spec: {host: api, subsets: [{name: stable, labels: {v: a}}, {name: canary, labels: {v: b}}]{{{spec}}}}
            """;

    private string VirtualService(int stable, int canary, int attempts = 1, string metadata = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}, {{{metadata}}} }
            spec:
              hosts: [api]
              http:
              - timeout: 20s
                retries: {attempts: {{{attempts}}}, perTryTimeout: 1s}
                route:
                - {destination: {host: api, subset: stable}, weight: {{{stable}}}}
                - {destination: {host: api, subset: canary}, weight: {{{canary}}}}
            """
        );

    private string Rollout(string image) =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              replicas: 3
              selector: {matchLabels: {app: api}}
              template:
                metadata: {labels: {app: api}}
                spec: {containers: [{name: api, image: "{{{image}}}"}]}
              strategy: {canary: {steps: [{setWeight: 100}]}}
            """;
}
