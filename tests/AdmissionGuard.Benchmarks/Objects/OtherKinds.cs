using System.Globalization;

namespace AdmissionGuard.Benchmarks.Objects;

internal static class OtherKinds
{
    /// <summary>Neither outlier detection nor limits: both are repaired.</summary>
    public static string DestinationRule(string name = "orders") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{{{{Metadata.Of(
                name,
                "f:host",
                "f:subsets",
                "f:trafficPolicy"
            )}}}},"spec":{"host":"{{{{name}}}}","trafficPolicy":{"loadBalancer":{"simple":"LEAST_REQUEST"},
            "tls":{"mode":"ISTIO_MUTUAL"}},"subsets":[{"name":"stable","labels":{"version":"v1"}},{"name":"canary",
            "labels":{"version":"v2"}}]}}
            """
        );

    /// <summary>Five steps with pauses and an analysis in the background; nothing to say against it.</summary>
    public static string Rollout(string name = "orders") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$$"""
            {"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{{{{Metadata.Of(
                name,
                "f:replicas",
                "f:selector",
                "f:strategy",
                "f:template"
            )}}}},"spec":{"replicas":8,"revisionHistoryLimit":3,"selector":{"matchLabels":{"app":"{{{{name}}}}"}},
            "template":{"metadata":{"labels":{"app":"{{{{name}}}}"}},"spec":{"containers":[{"name":"app",
            "image":"registry.example.com/shop/{{{{name}}}}:1.42.0","ports":[{"name":"http","containerPort":8080}],
            "env":[{"name":"LOG_LEVEL","value":"info"},{"name":"DB_HOST","value":"postgres.shop.svc"}],
            "resources":{"requests":{"cpu":"250m","memory":"256Mi"},"limits":{"memory":"512Mi"}},
            "readinessProbe":{"httpGet":{"path":"/ready","port":8080},"periodSeconds":5}}]}},
            "strategy":{"canary":{"stableService":"{{{{name}}}}-stable","canaryService":"{{{{name}}}}-canary",
            "analysis":{"templates":[{"templateName":"success-rate"}],"startingStep":1},
            "trafficRouting":{"istio":{"virtualServices":[{"name":"{{{{name}}}}","routes":["primary"]}]}},
            "steps":[{"setWeight":5},{"pause":{"duration":"5m"}},{"setWeight":20},{"pause":{"duration":"10m"}},
            {"setWeight":50},{"pause":{"duration":"10m"}},{"setWeight":75},{"pause":{"duration":"10m"}}]}}} }
            """
        );
}
