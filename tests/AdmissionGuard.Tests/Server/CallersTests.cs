using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdmissionGuard.Certificates;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Server;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>Who shows nothing gets the verdict and leaves no traces; the API server shows a token in the path, or a client certificate.</summary>
public sealed class CallersTests
{
    private const string Token = "00112233445566778899aabbccddeeff";

    [Theory]
    [InlineData("/validate/" + Token, true)]
    [InlineData("/validate", false)]
    [InlineData("/validate/", false)]
    [InlineData("/validate/ffffffffffffffffffffffffffffffff", false)]
    [InlineData("/validate/" + Token + "0", false)]
    [InlineData("/validate/" + Token + "/", false)]
    [InlineData("/validate/00112233445566778899AABBCCDDEEFF", false)]
    [InlineData("/validate//" + Token, false)]
    [InlineData("/validate/%30%30112233445566778899aabbccddeeff", true)] // the same path, spelt otherwise
    public async Task Only_the_token_leaves_traces(string path, bool traces)
    {
        using var log = new MemoryStream();
        var judged = new List<Verdict>();
        await using (var decisions = new DecisionLog(() => new Kept(log), withObjects: true, TextWriter.Null))
        {
            await using var server = await RunningServer.Start(decisions: decisions, callers: new Callers(Tokens(Token), null), judged: judged.Add);
            var response = await Response(await server.Client().PostAsync(path, Body(Review(Bad)), Stop));
            Assert.False((bool)response["allowed"]!);
            Assert.DoesNotContain(Token, server.Log.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Token, await server.Client().GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
            Assert.DoesNotContain(Token, await server.Client().GetStringAsync("/readyz?verbose", Stop), StringComparison.Ordinal);
        }
        Assert.Equal(traces ? 1 : 0, judged.Count);
        Assert.Equal(traces, log.Length > 0);
        Assert.DoesNotContain(Token, Encoding.UTF8.GetString(log.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_and_new_are_taken_while_both_are_valid()
    {
        var tokens = Tokens(Token);
        var judged = new List<Verdict>();
        await using var server = await RunningServer.Start(callers: new Callers(tokens, null), judged: judged.Add);
        var next = PathTokens.Make();
        Assert.Matches("^[0-9a-f]{32}$", next);
        foreach (var (valid, taken) in ((string?[], bool)[])[([Token], true), ([next, Token], true), ([next, null], false)])
        {
            tokens.Accept(valid);
            judged.Clear();
            await Response(await server.Client().PostAsync($"/validate/{Token}", Body(Review(Bad)), Stop));
            Assert.Equal(taken, judged.Count == 1);
        }
    }

    /// <summary>What no Secret of ours holds is no token, however it came there.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData(null)]
    public void What_is_no_token_opens_nothing(string? written)
    {
        var tokens = Tokens(written);
        Assert.False(tokens.Holds(written));
        Assert.False(tokens.Holds(""));
    }

    [Fact]
    public async Task Without_a_proof_to_ask_for_everybody_leaves_traces()
    {
        var judged = new List<Verdict>();
        await using var server = await RunningServer.Start(judged: judged.Add);
        await Response(await server.Client().PostAsync("/validate", Body(Review(Bad)), Stop));
        Assert.Single(judged);
    }

    [Theory]
    [InlineData("kube-apiserver", "kube-apiserver", true)]
    [InlineData("kubelet", "kube-apiserver", false)]
    public async Task A_client_certificate_of_the_authority_with_the_name_shows_it_too(string subject, string expected, bool taken)
    {
        using var authority = Authority();
        using var shown = Client(authority, subject);
        using var foreign = Authority();
        using var forged = Client(foreign, expected);
        var judged = new List<Verdict>();
        var callers = new Callers(null, new ClientCertificates([X509CertificateLoader.LoadCertificate(authority.RawData)], [expected]));
        await using var server = await RunningServer.Start(callers: callers, judged: judged.Add);
        foreach (var (certificate, traces) in ((X509Certificate2?, bool)[])[(shown, taken), (forged, false), (null, false)])
        {
            judged.Clear();
            await Response(await server.Client(certificate: certificate).PostAsync("/validate", Body(Review(Bad)), Stop));
            Assert.Equal(traces, judged.Count == 1);
        }
    }

    /// <summary>The findings of a rule that looks elsewhere name what it found there.</summary>
    [Fact]
    public void Nothing_of_other_objects_is_told_to_a_stranger()
    {
        var key = new ObjectKey(ObjectKind.DestinationRule, "secret-team", "hidden-rule");
        var root = Node.Parse(
            """
            {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"hidden-rule","namespace":"secret-team"},
             "spec":{"host":"api.shop.svc.cluster.local","trafficPolicy":{"loadBalancer":{"simple":"RANDOM"}}}}
            """u8.ToArray()
        );
        var cluster = Cluster.Live.With([Tests.Judge.Policy("destination-rule-one-per-host"), Tests.Judge.Policy(Rule)]).With(key, root);
        var review = new Review
        {
            Kind = ObjectKind.DestinationRule,
            Operation = Operation.Create,
            Object = Node.Parse(
                """
                {"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"api","namespace":"secret-team"},
                 "spec":{"host":"api.shop.svc.cluster.local","trafficPolicy":{"loadBalancer":{"simple":"ROUND_ROBIN"}}}}
                """u8.ToArray()
            ),
            Namespace = "secret-team",
            Name = "api",
            Actor = new Actor("jane", []),
            Now = Tests.Judge.Now,
            Stage = Stage.Validate,
        };
        var full = Evaluator.Evaluate(review, cluster);
        Assert.Contains(full.Judgements, j => j.Finding.Message.Contains("hidden-rule", StringComparison.Ordinal));
        var told = Stranger.Told(full, Evaluator.Evaluate(review, cluster.Alone()));
        Assert.Equal(full.Allowed, told.Allowed);
        Assert.Equal(full.Judgements.Select(j => (j.Rule, j.Action)).Distinct(), told.Judgements.Select(j => (j.Rule, j.Action)).Distinct());
        Assert.DoesNotContain(told.Judgements, j => $"{j.Finding}".Contains("hidden", StringComparison.Ordinal));
        Assert.Contains(told.Judgements, j => j.Rule == Rule && j.Finding.Message != Stranger.Withheld);
    }

    private static PathTokens Tokens(params string?[] valid)
    {
        var tokens = new PathTokens();
        tokens.Accept(valid);
        return tokens;
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Client(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var signed = request.Create(authority, new DateTimeOffset(authority.NotBefore), new DateTimeOffset(authority.NotAfter), [1, 2, 3]);
        using var pair = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Stays readable when the log is done with it.</summary>
    private sealed class Kept(MemoryStream into) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => into.Length;
        public override long Position { get; set; }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value) { }

        public override void Write(byte[] buffer, int offset, int count) => into.Write(buffer, offset, count);
    }
}
