using AdmissionGuard.Certificates;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Certificates;

/// <summary>The token in the paths of our webhooks: made once, a new one with each certificate, the old one taken until nobody can have it.</summary>
public sealed class TokenTests
{
    private static readonly DateTimeOffset Now = Judge.Now;

    [Fact]
    public async Task A_token_comes_into_the_Secret_and_into_every_path_of_ours_and_into_nothing_else()
    {
        await using var api = await Installed.Start();
        using var server = api.Connect();
        api.Put(Installed.Secret, """{"metadata":{"name":"admissionguard-certificates"}}""");
        var before = api.Get(Installed.Validating)!;
        var log = new StringWriter();
        await TendAll(server, new TokenLeader(server, Installed.Service, RotationPace.Usual, log), "one", Now);
        var token = Installed.TokenOf(api)!;
        Assert.Matches("^[0-9a-f]{32}$", token);
        Assert.Equal([$"/validate/{token}", $"/mutate/{token}"], Installed.PathsOf(api));
        Assert.DoesNotContain(token, log.ToString(), StringComparison.Ordinal);
        var after = api.Get(Installed.Validating)!;
        after["webhooks"]![0]!["clientConfig"]!["service"]!.AsObject().Remove("path");
        foreach (var either in (System.Text.Json.Nodes.JsonNode[])[before, after])
            either["metadata"]!.AsObject().Remove("resourceVersion");
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(before, after), after.ToJsonString());
    }

    [Fact]
    public async Task With_the_next_certificate_comes_the_next_token_and_the_old_one_is_taken_for_a_while()
    {
        await using var api = await Installed.Start();
        using var server = api.Connect();
        api.Put(Installed.Secret, """{"metadata":{"name":"admissionguard-certificates"}}""");
        var leader = new TokenLeader(server, Installed.Service, RotationPace.Usual, TextWriter.Null);
        await TendAll(server, leader, "one", Now);
        var first = Installed.TokenOf(api)!;
        await TendAll(server, leader, "two", Now);
        var second = Installed.TokenOf(api)!;
        Assert.NotEqual(first, second);
        Assert.All(Installed.PathsOf(api), p => Assert.EndsWith(second, p, StringComparison.Ordinal));
        Assert.Equal([second, first], (await View(server)).Tokens.Valid);
        // whoever leads next knows as little as a new process
        leader = new TokenLeader(server, Installed.Service, RotationPace.Usual, TextWriter.Null);
        await TendAll(server, leader, "two", Now);
        Assert.Equal([second, first], (await View(server)).Tokens.Valid);
        await TendAll(server, leader, "two", Now + RotationPace.Usual.Settle);
        Assert.Equal([second, null], (await View(server)).Tokens.Valid);
    }

    [Fact]
    public async Task A_path_that_somebody_resets_is_put_right_and_a_spoilt_token_is_made_anew()
    {
        await using var api = await Installed.Start();
        using var server = api.Connect();
        api.Put(Installed.Secret, """{"metadata":{"name":"admissionguard-certificates"}}""");
        var leader = new TokenLeader(server, Installed.Service, RotationPace.Usual, TextWriter.Null);
        await TendAll(server, leader, "one", Now);
        var token = Installed.TokenOf(api)!;
        api.Edit(Installed.Validating, c => c["webhooks"]![0]!["clientConfig"]!["service"]!["path"] = "/validate");
        await TendAll(server, leader, "one", Now);
        Assert.Equal($"/validate/{token}", Installed.PathsOf(api)[0]);
        api.Edit(Installed.Secret, s => s["data"]!["token"] = "eA==");
        await TendAll(server, leader, "one", Now);
        Assert.NotEqual(token, Installed.TokenOf(api));
        Assert.All(Installed.PathsOf(api), p => Assert.EndsWith(Installed.TokenOf(api)!, p, StringComparison.Ordinal));
    }

    private static Task<CertificateView> View(IApiServer server) => CertificateView.Read(server, Installed.Service, FakeApi.Stop);

    private static async Task TendAll(IApiServer server, TokenLeader leader, string certificate, DateTimeOffset now)
    {
        for (var steps = 0; await leader.Tend(await View(server), certificate, now, FakeApi.Stop); steps++)
            Assert.True(steps < 5, "no end");
    }
}
