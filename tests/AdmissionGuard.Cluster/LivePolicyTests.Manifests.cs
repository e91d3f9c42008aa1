using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

public sealed partial class LivePolicyTests
{
    private static string Policy(string spec) =>
        $$"""
            apiVersion: admissionguard.io/v1alpha1
            kind: GuardPolicy
            metadata: {name: payments}
            spec: {{spec}}
            """;

    private string Exception(TimeSpan lasting) =>
        $$"""
            apiVersion: admissionguard.io/v1alpha1
            kind: GuardException
            metadata: {name: legacy}
            spec:
              rules: [rollout-first-step, rollout-step-increase, rollout-observation]
              match: {kinds: [Rollout], namespaces: [{{ns}}], names: [api]}
              owner: team-pay
              reason: until the migration
              expires: "{{(DateTimeOffset.UtcNow + lasting).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)}}"
            """;

    private string Rollout =>
        $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{ns}}}
            spec:
              strategy:
                canary:
                  steps: [{setWeight: 100}]
            """;

    private string Owner =>
        $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: owner, namespace: {{ns}}}
            spec:
              strategy:
                canary:
                  analysis: {templates: [{templateName: success-rate}]}
                  trafficRouting:
                    istio:
                      virtualService: {name: api}
                      destinationRule: {name: api, stableSubsetName: blue, canarySubsetName: green}
                  steps:
                  - setWeight: 10
                  - pause: {duration: 5m}
                  - setWeight: 50
                  - pause: {duration: 5m}
            """;

    private string VirtualService(int blue, int green) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{ns}}}
            spec:
              hosts: [api]
              http:
              - timeout: 3s
                retries: {attempts: 1, perTryTimeout: 1s}
                route:
                - destination: {host: api, subset: blue}
                  weight: {{blue}}
                - destination: {host: api, subset: green}
                  weight: {{green}}
            """
        );
}
