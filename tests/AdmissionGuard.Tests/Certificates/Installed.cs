using System.Text;
using AdmissionGuard.Certificates;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>What deploy/ installs, as far as certificates go: two webhook configurations, with a webhook of a stranger beside ours.</summary>
internal static class Installed
{
    public const string Secret = "/api/v1/namespaces/admissionguard/secrets/admissionguard-certificates";
    public const string Validating = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/admissionguard";
    public const string Mutating = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/admissionguard";

    public static readonly ServiceName Service = ServiceName.Of(ServiceName.Default);

    public static async Task<FakeApi> Start(bool configurations = true)
    {
        var api = await FakeApi.Storing();
        if (configurations)
            api.Install();
        return api;
    }

    /// <summary>As the Secret has it; null where it has none.</summary>
    public static string? TokenOf(FakeApi api) =>
        (string?)api.Get(Secret)?["data"]?["token"] is { } text ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;

    /// <summary>By which each of our webhooks is called.</summary>
    public static IReadOnlyList<string> PathsOf(FakeApi api) =>
        [.. ((string[])[Validating, Mutating]).Select(p => (string?)api.Get(p)!["webhooks"]![0]!["clientConfig"]!["service"]!["path"] ?? "")];

    extension(FakeApi api)
    {
        /// <summary>Whom each of our webhooks trusts; nothing where none is there.</summary>
        public IReadOnlyList<IReadOnlyList<Authority>> Trusted
        {
            get
            {
                var trusted = new List<IReadOnlyList<Authority>>();
                foreach (var path in (string[])[Validating, Mutating])
                {
                    if (api.Get(path) is { } found)
                    {
                        var bundle = (string?)found["webhooks"]![0]!["clientConfig"]!["caBundle"] ?? "";
                        trusted.Add(Authority.ReadAll(Encoding.UTF8.GetString(Convert.FromBase64String(bundle))));
                    }
                }
                return trusted;
            }
        }

        public void Install()
        {
            api.Put(
                Validating,
                """
                {"metadata":{"name":"admissionguard"},"webhooks":[
                  {"name":"validate.admissionguard.io","clientConfig":{"service":{"name":"admissionguard","port":443}},"timeoutSeconds":5},
                  {"name":"other.example.com","clientConfig":{"caBundle":"b3RoZXI="}}
                ]}
                """
            );
            api.Put(
                Mutating,
                """
                {"metadata":{"name":"admissionguard"},"webhooks":[
                  {"name":"mutate.admissionguard.io","clientConfig":{"service":{"name":"admissionguard"}},"reinvocationPolicy":"IfNeeded"}
                ]}
                """
            );
        }
    }
}
