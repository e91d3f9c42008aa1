using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdmissionGuard.Core.Json;
using k8s;

namespace AdmissionGuard.Kubernetes;

/// <summary>One context of a kubeconfig, turned into a connection.</summary>
internal sealed class KubeconfigContext(Kubeconfig.Entry context, Kubeconfig.Entry cluster, Kubeconfig.Entry? user, TimeProvider time)
{
    /// <exception cref="InputException">One line that names the file and what is missing.</exception>
    public Connection Connect()
    {
        var server = UriOf(cluster, "server", ["https", "http"]) ?? throw cluster.Lacks("has no server");
        var skip = cluster.Content["insecure-skip-tls-verify"u8].Kind == System.Text.Json.JsonValueKind.True;
        var authorities = Pem(cluster, "certificate-authority") is { } pem ? Authorities(pem) : null;
        if (skip && authorities is not null)
            throw cluster.Lacks("has both insecure-skip-tls-verify and a certificate-authority, one of them is allowed");
        var configuration = new KubernetesClientConfiguration
        {
            Host = server.AbsoluteUri,
            SkipTlsVerify = skip,
            TlsServerName = cluster.Content["tls-server-name"u8].Text,
            Namespace = context.Content["namespace"u8].Text is { Length: > 0 } ns ? ns : "default",
        };
        return new Connection(configuration)
        {
            Credential = user is null ? null : Credential(user, configuration),
            Authorities = authorities,
            Proxy = UriOf(cluster, "proxy-url", ["http", "https", "socks5"]),
            Impersonation = [.. Impersonation()],
        };
    }

    private static Uri? UriOf(Kubeconfig.Entry entry, string key, string[] schemes)
    {
        if (entry.Content[key].Text is not { Length: > 0 } text)
            return null;
        if (!text.Contains("://", StringComparison.Ordinal) && key == "server")
            text = "https://" + text;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme))
            return uri;
        throw entry.Lacks($"has a {key} that is no {string.Join(" or ", schemes)} address: {text}");
    }

    private X509Certificate2Collection Authorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw cluster.Lacks($"has a certificate-authority that is no certificate: {e.Message}");
        }
        return authorities.Count > 0 ? authorities : throw cluster.Lacks("has a certificate-authority without a certificate in it");
    }

    /// <summary>
    /// The order of client-go: what stands in a user is tried from a plugin to a password; a certificate goes along with any of them. What does not
    /// change goes into the configuration.
    /// </summary>
    private ICredential? Credential(Kubeconfig.Entry of, KubernetesClientConfiguration configuration)
    {
        var content = of.Content;
        if (content["auth-provider"u8].Exists)
            throw of.Lacks("has an auth-provider, which kubectl dropped in 1.26; use exec");
        AddCertificate(of, configuration);
        var token = content["token"u8].Text;
        var tokenFile = content["tokenFile"u8].Text;
        var name = content["username"u8].Text;
        if (content["exec"u8].Exists)
        {
            return string.IsNullOrEmpty(token + tokenFile + name)
                ? new ExecPlugin(of, cluster, time)
                : throw of.Lacks("has exec and a token or a password, one of them is allowed");
        }
        if (!string.IsNullOrEmpty(tokenFile))
            return new TokenFile(of.Resolve(tokenFile));
        if (!string.IsNullOrEmpty(token))
        {
            configuration.AccessToken = token.Trim();
        }
        else if (!string.IsNullOrEmpty(name))
        {
            configuration.Username = name;
            configuration.Password = content["password"u8].Text;
        }
        return null;
    }

    private static void AddCertificate(Kubeconfig.Entry of, KubernetesClientConfiguration configuration)
    {
        var certificate = Pem(of, "client-certificate");
        var key = Pem(of, "client-key");
        if (certificate is null && key is null)
            return;
        if (certificate is null)
            throw of.Lacks("has a client-key and no client-certificate");
        if (key is null)
            throw of.Lacks("has a client-certificate and no client-key");
        try
        {
            using var pair = PemPair.Load(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw of.Lacks($"has no client-certificate with its client-key: {e.Message}");
        }
        configuration.ClientCertificateData = Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate));
        configuration.ClientCertificateKeyData = Convert.ToBase64String(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>What <paramref name="key"/>-data holds, else the file that <paramref name="key"/> names; data wins, as in kubectl.</summary>
    private static string? Pem(Kubeconfig.Entry entry, string key)
    {
        if (entry.Content[key + "-data"].Text is { Length: > 0 } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw entry.Lacks($"has a {key}-data that is no base64");
            }
        }
        if (entry.Content[key].Text is not { Length: > 0 } file)
            return null;
        var path = entry.Resolve(file);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw entry.Lacks($"names the {key} {path}, which is not there");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw entry.Lacks($"names the {key} {path}, which cannot be read: {e.Message}");
        }
    }

    /// <summary>
    /// HttpClient joins headers of one name by a comma, which the API server reads as one group of that odd name: several are refused instead.
    /// </summary>
    private IEnumerable<KeyValuePair<string, string>> Impersonation()
    {
        if (user is null)
            yield break;
        var content = user.Content;
        var groups = content["as-groups"u8];
        var extra = content["as-user-extra"u8];
        if (content["as"u8].Text is not { Length: > 0 } name)
        {
            if (groups.Count > 0 || extra.IsObject || content["as-uid"u8].Exists)
                throw user.Lacks("has as-groups, as-uid or as-user-extra without as");
            yield break;
        }
        if (groups.Count > 1)
            throw user.Lacks($"has {groups.Count} as-groups, 1 can be sent");
        yield return new("Impersonate-User", name);
        if (content["as-uid"u8].Text is { Length: > 0 } uid)
            yield return new("Impersonate-Uid", uid);
        foreach (var group in groups.Items)
        {
            if (group.Text is { } text)
                yield return new("Impersonate-Group", text);
        }
        foreach (var entry in extra.Entries)
        {
            var values = entry.Value;
            if (values.Count > 1)
                throw user.Lacks($"has {values.Count} values of as-user-extra {entry.Name}, 1 can be sent");
            foreach (var value in values.Items)
            {
                if (value.Text is { } text)
                    yield return new("Impersonate-Extra-" + Uri.EscapeDataString(entry.Name), text);
            }
        }
    }
}
