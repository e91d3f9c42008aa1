using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AdmissionGuard.Cluster;

/// <summary>Requests to the API server as somebody, without a process for each.</summary>
internal sealed class RawApi : IDisposable
{
    private readonly HttpClient client;

    /// <param name="server">Its address.</param>
    /// <param name="folder">Where the cluster's credentials are.</param>
    public RawApi(Uri server, string folder)
    {
        using var pem = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "admin.crt"), Path.Combine(folder, "admin.key"));
        var handler = new SocketsHttpHandler();
        handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null)];
        // on loopback, by an authority that was made a moment ago
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null;
        client = new HttpClient(handler) { BaseAddress = server };
    }

    public async Task<(HttpStatusCode Status, string Body)> Send(HttpMethod method, string path, string user, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Impersonate-User", user);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await client.SendAsync(request, Waiting.Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Waiting.Stop));
    }

    public void Dispose() => client.Dispose();
}
