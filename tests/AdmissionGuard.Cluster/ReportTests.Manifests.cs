using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;

namespace AdmissionGuard.Cluster;

public sealed partial class ReportTests
{
    private string Rollout(string name, int weight) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: {{name}}, namespace: {{ns}}}
            spec:
              strategy:
                canary:
                  steps:
                  - setWeight: {{weight}}
                  - pause: {duration: 10m}
            """
        );

    private string Bare =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: api, namespace: {{ns}}}
            spec: {host: api.{{ns}}.svc.cluster.local}
            """;
}
