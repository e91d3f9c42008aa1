using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;
using AdmissionGuard.Server;

namespace AdmissionGuard.Tests.Server;

/// <summary>The real server on a free port of loopback, over TLS, judged by destination-rule-outlier-detection alone unless told otherwise.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string Rule = "destination-rule-outlier-detection";

    private readonly X509Certificate2 certificate;
    private readonly X509Certificate2 authority;
    private readonly List<HttpClient> clients = [];

    private RunningServer(ServerOptions options)
    {
        var made = ServingCertificate.Make(DateTimeOffset.UtcNow, ["localhost", "admissionguard.admissionguard.svc"], [IPAddress.Loopback]);
        certificate = made.Load();
        authority = X509Certificate2.CreateFromPem(made.AuthorityPem);
        Server = new WebhookServer(new ServedCertificate(certificate), options with { Log = Log });
    }

    public WebhookServer Server { get; }

    public string AuthorityPem => authority.ExportCertificatePem();

    public StringWriter Log { get; } = new();

    public static async Task<RunningServer> Start(
        GuardAction action = GuardAction.Deny,
        bool fix = false,
        AdmissionGuard.Server.Judge? judge = null,
        TimeProvider? time = null,
        Func<PolicyStatus>? policies = null,
        Func<LiveState>? standing = null,
        DecisionLog? decisions = null,
        Callers? callers = null,
        Action<Verdict>? judged = null
    )
    {
        var cluster = Cluster.Empty.With([Tests.Judge.Policy(Rule, action, fix: fix)]);
        var running = new RunningServer(
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Judge = judge ?? (review => Evaluator.Evaluate(review, cluster)),
                JudgeAlone = review => Evaluator.Evaluate(review, cluster.Alone()),
                Callers = callers ?? new Callers(Tokens: null, Certificates: null),
                Time = time ?? TimeProvider.System,
                Log = TextWriter.Null,
                Policies = policies,
                Standing = standing,
                Decisions = decisions,
                Judged = judged,
            }
        );
        await running.Server.Start();
        return running;
    }

    /// <summary>Trusts only this server's authority, and checks the name as an API server does.</summary>
    public HttpClient Client(string name = "localhost", Version? version = null, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, stop) => new NetworkStream(await Connect(stop), ownsSocket: true),
            SslOptions = Trusting(name),
        };
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        var client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://{name}:{Server.Address.Port}"),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        clients.Add(client);
        return client;
    }

    /// <summary>A connection to write bytes to that no HTTP client would write.</summary>
    public async Task<SslStream> Raw()
    {
        var stream = new SslStream(new NetworkStream(await Connect(Stop), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(Trusting("localhost"), Stop);
        return stream;
    }

    public async Task<Socket> Connect(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Server.Address.Port), stop);
        return socket;
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>A review of a DestinationRule; <paramref name="spec"/> as JSON, single quotes allowed.</summary>
    public static string Review(string spec, string uid = "u-1", bool dryRun = false) =>
        (
            $"{{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':{{'uid':'{uid}',"
            + $"'kind':{{'group':'networking.istio.io','version':'v1','kind':'DestinationRule'}},"
            + $"'name':'api','namespace':'shop','operation':'CREATE','userInfo':{{'username':'jane'}},"
            + $"'dryRun':{(dryRun ? "true" : "false")},'oldObject':null,"
            + $"'object':{{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{{'name':'api',"
            + $"'namespace':'shop'}},'spec':{spec}}}}}}}"
        ).Replace('\'', '"');

    public const string Bad = "{'host':'api.shop.svc.cluster.local'}";

    public const string Good = "{'host':'api.shop.svc.cluster.local','trafficPolicy':{'outlierDetection':{'consecutive5xxErrors':5}}}";

    /// <summary>As many findings as ports.</summary>
    public static string Ports(int count) =>
        $"{{'host':'api.shop.svc.cluster.local','trafficPolicy':{{'outlierDetection':{{}},"
        + $"'portLevelSettings':[{string.Join(',', Enumerable.Range(1, count).Select(n => $"{{'port':{{'number':{n}}}}}"))}]}}}}";

    public static async Task<JsonObject> Response(HttpResponseMessage message)
    {
        Assert.Equal(HttpStatusCode.OK, message.StatusCode);
        Assert.Equal("application/json", message.Content.Headers.ContentType?.MediaType);
        var document = JsonNode.Parse(await message.Content.ReadAsStringAsync(Stop))!;
        Assert.Equal("AdmissionReview", (string?)document["kind"]);
        Assert.Equal("admission.k8s.io/v1", (string?)document["apiVersion"]);
        return document["response"]!.AsObject();
    }

    /// <summary>Waits for what comes about by itself, and not for long.</summary>
    public static async Task Until(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "did not come about within 20 s");
            await Task.Delay(10, Stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
            client.Dispose();
        await Server.DisposeAsync();
        authority.Dispose();
        certificate.Dispose();
    }

    private SslClientAuthenticationOptions Trusting(string name)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = policy,
            EnabledSslProtocols = SslProtocols.None,
        };
    }
}
