using System.Text;
using System.Text.RegularExpressions;
using AdmissionGuard.Certificates;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Cluster;

public sealed partial class RotationTests
{
    /// <summary>Without a caBundle, which is ours to write; one replica is asked by each, and no answer is a refusal.</summary>
    private string Configurations =>
        string.Join(
            "\n---\n",
            (((string, string, int)[])[("Validating", "validate", 1), ("Mutating", "mutate", 2)]).Select(c =>
                $$$"""
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: {{{c.Item1}}}WebhookConfiguration
                    metadata: {name: admissionguard}
                    webhooks:
                    - name: {{{c.Item2}}}.admissionguard.io
                      clientConfig: {url: "{{{Url(c.Item3)}}}/{{{c.Item2}}}"}
                      rules:
                      - apiGroups: [networking.istio.io, argoproj.io]
                        apiVersions: ["*"]
                        operations: [CREATE, UPDATE]
                        resources: [virtualservices, rollouts]
                      namespaceSelector:
                        matchLabels: {kubernetes.io/metadata.name: "{{{ns}}}"}
                      failurePolicy: Fail
                      sideEffects: None
                      timeoutSeconds: 5
                      admissionReviewVersions: [v1]
                    """
            )
        );

    private string Unsafe =>
        $$$"""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              selector: {matchLabels: {app: api}}
              template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: "api:1"}]}}
              strategy: {canary: {steps: [{setWeight: 100}]}}
            """;

    private string VirtualService =>
        $$$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: {{{ns}}}}
            spec:
              hosts: [api]
              http: [{timeout: 3s, retries: {attempts: 1, perTryTimeout: 1s}, route: [{destination: {host: api}}]}]
            """;
}
