using System.Globalization;
using System.Text;

namespace AdmissionGuard.Benchmarks.Objects;

/// <summary>
/// Documents of about 1 KB, ten in a file, as a grown GitOps repository: half of them are ours, and one in ten of those is wrong.
/// </summary>
internal sealed class ManifestFolder : IDisposable
{
    private const int DocumentsPerFile = 10;

    public ManifestFolder(int documents = 2_000)
        : this()
    {
        for (var file = 0; file < documents / DocumentsPerFile; file++)
            Add(
                string.Create(CultureInfo.InvariantCulture, $"service-{file:00000}.yaml"),
                Enumerable.Range(file * DocumentsPerFile, DocumentsPerFile).Select(Document)
            );
    }

    private ManifestFolder() => Path = Directory.CreateTempSubdirectory("admissionguard-manifests-").FullName;

    /// <summary>One file of nothing but Rollouts.</summary>
    public static ManifestFolder OfRollouts(int count)
    {
        var folder = new ManifestFolder();
        folder.Add("rollouts.yaml", Enumerable.Range(0, count).Select(SmallRollout));
        return folder;
    }

    private void Add(string name, IEnumerable<string> documents)
    {
        var file = System.IO.Path.Join(Path, name);
        using (var text = new StreamWriter(file))
        {
            foreach (var document in documents)
            {
                text.Write("---\n");
                text.Write(document);
            }
        }
        Bytes += new FileInfo(file).Length;
    }

    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(Path).Order(StringComparer.Ordinal)];

    public string Path { get; }

    public long Bytes { get; private set; }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>As short as one can be that steps: so many of them still are one file that is read.</summary>
    private static string SmallRollout(int i) =>
        """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: service-NUMBER, namespace: shop}
            spec:
              replicas: 10
              selector: {matchLabels: {app: service-NUMBER}}
              template:
                metadata: {labels: {app: service-NUMBER}}
                spec: {containers: [{name: app, image: "registry.example/app:1"}]}
              strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 10m}}, {setWeight: 50}, {pause: {duration: 10m}}]}}

            """.Replace("NUMBER", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Document(int i) =>
        (i % 10) switch
        {
            0 or 5 => VirtualService(i),
            1 or 6 => DestinationRule(i),
            2 => Rollout(i),
            3 => ConfigMap(i),
            4 => Service(i),
            _ => Deployment(i),
        };

    private static string Head(string apiVersion, string kind, int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            # service {i}, owned by the team that it names
            apiVersion: {apiVersion}
            kind: {kind}
            metadata:
              name: service-{i}
              namespace: shop
              labels: &labels-{i}
                app.kubernetes.io/name: service-{i}
                app.kubernetes.io/part-of: shop
                team: checkout
              annotations:
                example.com/runbook: "https://runbooks.example.com/service-{i}"

            """
        );

    private static string VirtualService(int i) =>
        Head("networking.istio.io/v1", "VirtualService", i)
        + string.Create(
            CultureInfo.InvariantCulture,
            $"""
            spec:
              hosts: [service-{i}]
              http:
                - name: api
                  match:
                    - uri: {"{prefix: /api}"}
                  route:
                    - destination: {"{"}host: service-{i}, subset: stable{"}"}
                      weight: 90
                    - destination: {"{"}host: service-{i}, subset: canary{"}"}
                      weight: 10
                  timeout: 10s
                  retries: {"{"}attempts: {(i % 100 == 0 ? 9 : 2)}, perTryTimeout: 2s, retryOn: "gateway-error,connect-failure"{"}"}
                - name: rest
                  route:
                    - destination:
                        host: service-{i}
                        subset: stable
                  timeout: 10s
                  retries:
                    attempts: 2
                    perTryTimeout: 2s
                    retryOn: gateway-error,connect-failure,refused-stream

            """
        );

    private static string DestinationRule(int i) =>
        Head("networking.istio.io/v1", "DestinationRule", i)
        + string.Create(
            CultureInfo.InvariantCulture,
            $"""
            spec:
              host: service-{i}
              trafficPolicy:
                connectionPool:
                  tcp: {"{maxConnections: 1024}"}
                  http: {"{http1MaxPendingRequests: 1024, http2MaxRequests: 1024, maxRetries: 10}"}
                {(
                i % 100 == 1
                    ? "loadBalancer: {simple: RANDOM}"
                    : "outlierDetection: {consecutive5xxErrors: 5, interval: 30s, baseEjectionTime: 30s, maxEjectionPercent: 10}"
            )}
              subsets:
                - name: stable
                  labels: {"{version: v1}"}
                - name: canary
                  labels: {"{version: v2}"}

            """
        );

    private static string Rollout(int i) =>
        Head("argoproj.io/v1alpha1", "Rollout", i)
        + Pods(i)
        + string.Create(
            CultureInfo.InvariantCulture,
            $"""
              strategy:
                canary:
                  analysis:
                    templates: [{"{templateName: success-rate}"}]
                  steps:
                    - setWeight: {(i % 100 == 2 ? 80 : 10)}
                    - pause: {"{duration: 5m}"}
                    - setWeight: 50
                    - pause: {"{duration: 10m}"}

            """
        );

    private static string Deployment(int i) => Head("apps/v1", "Deployment", i) + Pods(i);

    private static string Pods(int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            spec:
              replicas: 3
              selector:
                matchLabels: {"{"}app: service-{i}{"}"}
              template:
                metadata:
                  labels: {"{"}app: service-{i}{"}"}
                spec:
                  containers:
                    - name: app
                      image: registry.example.com/shop/service-{i}:1.42.0
                      args:
                        - --listen=:8080
                        - --log-level=info
                      ports:
                        - containerPort: 8080
                      resources:
                        requests: {"{cpu: 250m, memory: 256Mi}"}
                        limits: {"{memory: 512Mi}"}
                      readinessProbe:
                        httpGet: {"{path: /ready, port: 8080}"}

            """
        );

    private static string Service(int i) =>
        Head("v1", "Service", i)
        + string.Create(
            CultureInfo.InvariantCulture,
            $"""
            spec:
              selector: {"{"}app: service-{i}{"}"}
              ports:
                - name: http
                  port: 80
                  targetPort: 8080

            """
        );

    private static string ConfigMap(int i) =>
        Head("v1", "ConfigMap", i)
        + string.Create(
            CultureInfo.InvariantCulture,
            $"""
            data:
              application.properties: |
                server.port=8080
                service.name=service-{i}
                database.url=jdbc:postgresql://postgres.shop.svc:5432/service
                # a line of text that is only text: {"{not: yaml}"}
                cache.size=1000
                cache.ttl=300
              feature-flags.json: |
                {"{\"new-checkout\": true, \"dark-mode\": false}"}

            """
        );
}
