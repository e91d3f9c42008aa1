using System.Globalization;

namespace AdmissionGuard.Commands;

/// <summary>Two commands to paste into a second terminal: one object that is denied, one that is repaired.</summary>
internal static class TryIt
{
    private const string Rollout =
        """{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"api","namespace":"shop"},"spec":{"strategy":{"canary":{"steps":[{"setWeight":100}]}}}}""";

    private const string DestinationRule =
        """{"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"api","namespace":"shop"},"spec":{"host":"api","trafficPolicy":{"outlierDetection":{}}}}""";

    public static string Text(string authorityFile, int port) => $"""

        In a second terminal, a Rollout that is denied:

        {Curl(authorityFile, port, "validate", "argoproj.io", "v1alpha1", "Rollout", Rollout)}

        and a DestinationRule that comes back with a patch:

        {Curl(authorityFile, port, "mutate", "networking.istio.io", "v1", "DestinationRule", DestinationRule)}

        Ctrl-C ends the server.
        """;

    private static string Curl(string authorityFile, int port, string endpoint, string group, string version, string kind, string json) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        curl --cacert {{{Path.GetFullPath(authorityFile)}}} https://127.0.0.1:{{{port}}}/{{{endpoint}}} -d '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE","namespace":"shop","name":"api","kind":{"group":"{{{group}}}","version":"{{{version}}}","kind":"{{{kind}}}"},"userInfo":{"username":"jane"},"object":{{{json}}}}}'
        """);
}
