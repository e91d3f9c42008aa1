using System.Net;

namespace AdmissionGuard.Commands;

/// <summary>Two commands to paste into a second terminal: one object that is denied, one that is repaired.</summary>
internal static class CurlExamples
{
    private const string Rollout =
        """{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"api","namespace":"shop"},"spec":"""
        + """{"strategy":{"canary":{"steps":[{"setWeight":100}]}}}}""";

    private const string DestinationRule =
        """{"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"api","namespace":"shop"},"spec":"""
        + """{"host":"api","trafficPolicy":{"outlierDetection":{}}}}""";

    /// <param name="address">Where it listens; of every address, this machine's own is asked.</param>
    public static string Text(string authorityFile, IPEndPoint address)
    {
        var to = address;
        if (address.Address.Equals(IPAddress.Any))
            to = new IPEndPoint(IPAddress.Loopback, address.Port);
        else if (address.Address.Equals(IPAddress.IPv6Any))
            to = new IPEndPoint(IPAddress.IPv6Loopback, address.Port);
        var authority = Path.GetFullPath(authorityFile);
        return $"""

            In a second terminal, a Rollout that is denied:

            {Curl(authority, to, "validate", "argoproj.io", "v1alpha1", "Rollout", Rollout)}

            and a DestinationRule that comes back with a patch:

            {Curl(authority, to, "mutate", "networking.istio.io", "v1", "DestinationRule", DestinationRule)}

            Ctrl-C ends the server.
            """;
    }

    private static string Curl(string authority, IPEndPoint to, string endpoint, string group, string version, string kind, string json)
    {
        var review =
            """{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE","namespace":"shop","""
            + $$$"""
                "name":"api","kind":{"group":"{{{group}}}","version":"{{{version}}}","kind":"{{{kind}}}"},"userInfo":{"username":"jane"},
                "object":{{{json}}}}}
                """.ReplaceLineEndings("");
        // -g: without it curl takes the brackets of an IPv6 address for a range
        return $"curl -sg --cacert {Shell(authority)} {Shell($"https://{to}/{endpoint}")} -d {Shell(review)}";
    }

    /// <summary>One word for a shell, in quotes only where it needs them.</summary>
    private static string Shell(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or ':' or '-' or '_')
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
