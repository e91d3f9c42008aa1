using System.Security.Cryptography.X509Certificates;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Connections with the client certificate that a plugin gave. The library takes such a certificate once, when it loads a kubeconfig, and never
/// renews it; these connections are made anew with each.
/// </summary>
internal sealed class PluginCertificates(Action<SocketsHttpHandler> setUp) : IDisposable
{
    private sealed record Line(HttpMessageInvoker Invoker, X509Certificate2 Certificate);

    private readonly Lock swap = new();
    private Line? line;
    private Line? previous;

    /// <summary>A new certificate needs new connections. What is under way on the old ones ends first: they go with the change after.</summary>
    public HttpMessageInvoker InvokerFor(X509Certificate2 certificate)
    {
        lock (swap)
        {
            if (line is not null && ReferenceEquals(line.Certificate, certificate))
                return line.Invoker;
            previous?.Invoker.Dispose();
            previous = line;
            var handler = new SocketsHttpHandler();
            setUp(handler);
            handler.SslOptions.ClientCertificates = [certificate];
            line = new Line(new HttpMessageInvoker(handler), certificate);
            return line.Invoker;
        }
    }

    public void Dispose()
    {
        line?.Invoker.Dispose();
        previous?.Invoker.Dispose();
    }
}
