using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AdmissionGuard.Core.Rules.DestinationRule;
using AdmissionGuard.Files;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Sends requests as whom the connection says: headers, certificates that change, one more try after a 401, patience when the server asks for it.
/// </summary>
internal sealed class Transport(Connection connection, TimeProvider time) : IDisposable
{
    /// <summary>From the request's first byte to the answer's headers.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Tries in all while the server answers 429, or 503 with a Retry-After: it has then not begun with the request.</summary>
    private const int Tries = 5;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private sealed record Line(HttpMessageInvoker Invoker, X509Certificate2? Certificate);

    private readonly Lock swap = new();
    private Line? line;
    private Line? previous;

    public Uri Server => connection.Server;

    /// <summary>The headers of an answer below 400, the caller disposes it. <paramref name="make"/> is asked for a fresh request each try.</summary>
    /// <exception cref="ApiException">Everything else.</exception>
    public async Task<HttpResponseMessage> Send(Func<HttpRequestMessage> make, CancellationToken stop)
    {
        var forgiven = false;
        for (var tries = 1; ; tries++)
        {
            using var request = make();
            var what = $"{request.Method} {request.RequestUri!.AbsolutePath}";
            var response = await SendOnce(request, what, stop);
            if (response.StatusCode < HttpStatusCode.BadRequest)
                return response;
            ApiException failure;
            using (response)
                failure = await StatusBody.Read(response, connection.Server, what, time, stop);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !forgiven && connection.Credential.Refused())
            {
                forgiven = true;
                continue;
            }
            var isAsked =
                response.StatusCode == HttpStatusCode.TooManyRequests
                || (response.StatusCode == HttpStatusCode.ServiceUnavailable && failure.RetryAfter is not null);
            if (!isAsked || tries >= Tries)
                throw failure;
            var pause = failure.RetryAfter ?? TimeSpan.FromSeconds(1);
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, stop);
        }
    }

    public void Dispose()
    {
        line?.Invoker.Dispose();
        previous?.Invoker.Dispose();
    }

    private async Task<HttpResponseMessage> SendOnce(HttpRequestMessage request, string what, CancellationToken stop)
    {
        // the library and a lost server both look like a cancellation: only the caller's own is one
        using var late = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            var identity = await connection.Credential.Get(both.Token);
            request.Headers.Authorization = identity.Header;
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("admissionguard", typeof(Transport).Assembly.GetName().Version?.ToString(3)));
            foreach (var (name, value) in connection.Impersonation)
                request.Headers.TryAddWithoutValidation(name, value);
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);
            return await InvokerFor(identity.Certificate).SendAsync(request, both.Token);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{connection.Server}: {what}: no answer in {Patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ApiException(null, ApiException.Unreachable, $"{connection.Server}: {what}: {Innermost(e)}", e);
        }
        catch (InputException e)
        {
            throw new ApiException(null, ApiException.Credentials, e.Message, e);
        }
    }

    public static string Innermost(Exception e) => (e.InnerException is { } inner ? Innermost(inner) : e.Message).ReplaceLineEndings(" ");

    /// <summary>A new certificate needs new connections. What is under way on the old ones ends first: they go with the change after.</summary>
    private HttpMessageInvoker InvokerFor(X509Certificate2? certificate)
    {
        lock (swap)
        {
            if (line is not null && ReferenceEquals(line.Certificate, certificate))
                return line.Invoker;
            previous?.Invoker.Dispose();
            previous = line;
            line = new Line(new HttpMessageInvoker(Handler(certificate)), certificate);
            return line.Invoker;
        }
    }

    private SocketsHttpHandler Handler(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // it would carry the token to another host
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            EnableMultipleHttp2Connections = true,
            // a watch on a connection that died without a word would else wait for its own end
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            UseProxy = !connection.Server.IsLoopback || connection.Proxy is not null,
        };
        if (connection.Proxy is { } proxy)
            handler.Proxy = new WebProxy(proxy);
        var tls = handler.SslOptions;
        if (connection.TlsServerName is { Length: > 0 } name)
            tls.TargetHost = name;
        if (certificate is not null)
            tls.ClientCertificates = [certificate];
        if (connection.SkipVerification)
            tls.RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null;
        if (connection.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            tls.CertificateChainPolicy = policy;
        }
        return handler;
    }
}
