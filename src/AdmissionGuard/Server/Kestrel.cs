using System.Net;
using AdmissionGuard.Admission;
using AdmissionGuard.Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AdmissionGuard.Server;

/// <summary>The web server, with the bounds of <see cref="ServerLimits"/> and nothing that is configured elsewhere.</summary>
internal static class Kestrel
{
    public static WebApplication Build(IPEndPoint listen, ServedCertificate served, Connections connections, bool asksForCertificates)
    {
        // empty: an appsettings.json that lies about, or a variable of the environment, must not open a port or change a limit
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServerLimits.Shutdown);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null; // BodyReader bounds it, and says so in words
                kestrel.Limits.MaxRequestHeadersTotalSize = ServerLimits.HeaderBytes;
                kestrel.Limits.RequestHeadersTimeout = ServerLimits.Headers;
                kestrel.Limits.KeepAliveTimeout = ServerLimits.KeepAlive;
                kestrel.Limits.MaxRequestBufferSize = ServerLimits.ReadAhead;
                kestrel.Limits.Http2.InitialStreamWindowSize = ServerLimits.ReadAhead;
                kestrel.Limits.Http2.InitialConnectionWindowSize = ServerLimits.ReadAhead * 4;
                kestrel.Listen(listen, options =>
                {
                    options.Protocols = HttpProtocols.Http1AndHttp2;
                    options.Use(next => connection => connections.Serve(connection, next)); // which bounds their number and what is idle
                    options.UseHttps(
                        new TlsHandshakeCallbackOptions
                        {
                            HandshakeTimeout = ServerLimits.Handshake,
                            OnConnection = _ => ValueTask.FromResult(served.OptionsFor(asksForCertificates)),
                        }
                    );
                });
            });
        return builder.Build();
    }
}
