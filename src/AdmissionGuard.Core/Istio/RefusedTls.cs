using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedDestinationRule"/> that is about tls (pkg/config/validation/agent/validation.go, ValidateTLS).</summary>
internal static class RefusedTls
{
    private const string ConfigMap = "configmap://";

    public static void Check(Node tls, Refusals to)
    {
        if (!to.Read.Map(tls).IsObject)
            return;
        var credential = tls["credentialName"u8];
        var isSimple = tls["mode"u8].IsText("SIMPLE"u8);
        var isMutual = tls["mode"u8].IsText("MUTUAL"u8);
        Reference(credential, to);
        if (to.Read.Boolean(tls["insecureSkipVerify"u8]) == true && (isSimple || isMutual))
        {
            string[] others = isSimple ? ["caCertificates", "credentialName", "subjectAltNames"] : ["caCertificates", "subjectAltNames"];
            Beside(tls, others, "insecureSkipVerify", to);
        }
        if ((isSimple || isMutual) && IsSet(credential))
        {
            Beside(tls, ["clientCertificate", "caCertificates", "privateKey", "caCrl"], "credentialName", to);
            return;
        }
        foreach (var key in (string[])["clientCertificate", "privateKey"])
        {
            if (isMutual && !IsSet(tls[key]))
                to.Add(
                    Place.Of(tls, key),
                    $"tls {key}",
                    $"tls has no {key}, mode MUTUAL needs it or a credentialName",
                    "credentialName: my-client-cert"
                );
        }
    }

    private static void Beside(Node tls, string[] others, string key, Refusals to)
    {
        foreach (var other in others)
        {
            if (IsSet(tls[other]))
                to.Add(tls[other], $"{other} beside {key}", $"{other} stands beside {key}, only one of them is allowed");
        }
    }

    private static bool IsSet(Node node) => node.IsArray ? node.Count > 0 : node.Exists && node.Text is not "";

    /// <summary>A ConfigMap must be of the rule's own namespace.</summary>
    private static void Reference(Node credential, Refusals to)
    {
        if (to.Read.Text(credential) is not { } name || !name.StartsWith(ConfigMap, StringComparison.Ordinal))
            return;
        var parts = name[ConfigMap.Length..].Split('/');
        if (parts.Length < 2 || parts[1].Length == 0 || parts[0] != to.Of.Namespace)
        {
            to.Add(
                credential,
                "credentialName",
                $"credentialName is {Refusals.Word(name)}, a ConfigMap of the rule's own namespace is expected",
                $"credentialName: configmap://{to.Of.Namespace}/my-ca"
            );
        }
    }
}
