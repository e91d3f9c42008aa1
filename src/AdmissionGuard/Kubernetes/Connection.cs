using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// What it takes to reach an API server, whoever said so: a kubeconfig or the pod's own account. The library's configuration, and beside it what that
/// has no place for (proxy, impersonation) or gets wrong (trust).
/// </summary>
internal sealed record Connection(KubernetesClientConfiguration Configuration)
{
    public Uri Server { get; } = new(Configuration.Host.EndsWith('/') ? Configuration.Host : Configuration.Host + "/");

    /// <summary>A token file or a plugin; null where the configuration holds what does not change.</summary>
    public ICredential? Credential { get; init; }

    /// <summary>Whom to trust; null for the system's authorities.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Null for what the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Headers of <c>as</c>, <c>as-groups</c> and the like.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation { get; init; } = [];

    /// <summary>The library's client; requests go through the handler.</summary>
    public k8s.Kubernetes Client(ApiHandler handler)
    {
        Configuration.FirstMessageHandlerSetup = SetUp;
        Configuration.TokenProvider = Credential;
        Configuration.UserAgent = $"admissionguard/{typeof(Connection).Assembly.GetName().Version?.ToString(3)}";
        // the handler has limits of its own, which do not run while a plugin is asked
        Configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        return new k8s.Kubernetes(Configuration, handler);
    }

    /// <summary>How a connection behaves, and whom it trusts.</summary>
    public void SetUp(SocketsHttpHandler handler)
    {
        handler.AllowAutoRedirect = false; // it would carry the token to another host
        handler.UseCookies = false;
        handler.AutomaticDecompression = DecompressionMethods.GZip;
        handler.ConnectTimeout = ApiLimits.Connect;
        handler.PooledConnectionLifetime = ApiLimits.ConnectionLifetime;
        handler.EnableMultipleHttp2Connections = true;
        handler.KeepAlivePingDelay = ApiLimits.Ping;
        handler.KeepAlivePingTimeout = ApiLimits.PingAnswer;
        handler.UseProxy = !Server.IsLoopback || Proxy is not null;
        if (Proxy is { } proxy)
            handler.Proxy = new WebProxy(proxy);
        var tls = handler.SslOptions;
        if (Configuration.SkipTlsVerify)
            tls.RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null;
        // the library's own check (SslCaCerts) takes a certificate of a wrong name where the authority is a private one, which it nearly always is,
        // and takes what the system trusts besides
        if (Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            tls.CertificateChainPolicy = policy;
        }
    }
}
