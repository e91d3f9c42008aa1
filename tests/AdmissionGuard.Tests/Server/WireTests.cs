using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Terms;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>What goes over TLS when an API server asks.</summary>
public sealed class WireTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Denies_with_a_code_a_reason_and_every_cause_and_echoes_the_uid(string version)
    {
        await using var server = await RunningServer.Start();
        var message = await server
            .Client(version: Version.Parse(version))
            .PostAsync("/validate?timeout=5s", Body(Review(Bad, uid: "46d9-ä-\\u00e9")), Stop);
        var response = await Response(message);
        Assert.Equal(Version.Parse(version), message.Version);
        Assert.Equal("46d9-ä-é", (string?)response["uid"]);
        Assert.False((bool)response["allowed"]!);
        Assert.Equal(403, (int)response["status"]!["code"]!);
        Assert.Equal("Forbidden", (string?)response["status"]!["reason"]);
        var cause = Assert.Single(response["status"]!["details"]!["causes"]!.AsArray())!;
        Assert.Equal(Rule, (string?)cause["reason"]);
        Assert.Equal("spec.trafficPolicy.outlierDetection", (string?)cause["field"]);
        Assert.Null(response["patch"]);
    }

    [Fact]
    public async Task Is_known_by_the_name_of_its_service_and_by_no_other()
    {
        await using var server = await RunningServer.Start();
        var good = await Response(
            await server.Client("admissionguard.admissionguard.svc").PostAsync("/validate?timeout=5s", Body(Review(Good)), Stop)
        );
        Assert.True((bool)good["allowed"]!);
        var wrong = await Assert.ThrowsAsync<HttpRequestException>(() =>
            server.Client("elsewhere.example").PostAsync("/validate", Body(Review(Good)), Stop)
        );
        Assert.IsType<AuthenticationException>(wrong.InnerException);
    }

    [Fact]
    public async Task Mutate_sends_patch_and_type_together_or_neither()
    {
        await using var server = await RunningServer.Start(fix: true);
        var client = server.Client();
        var repaired = await Response(await client.PostAsync("/mutate?timeout=5s", Body(Review(Bad)), Stop));
        Assert.True((bool)repaired["allowed"]!);
        Assert.Equal("JSONPatch", (string?)repaired["patchType"]);
        var operation = Assert.Single(JsonNode.Parse(Convert.FromBase64String((string)repaired["patch"]!))!.AsArray())!;
        Assert.Equal("add", (string?)operation["op"]);
        var good = await Response(await client.PostAsync("/mutate?timeout=5s", Body(Review(Good)), Stop));
        Assert.False(good.ContainsKey("patch"));
        Assert.False(good.ContainsKey("patchType"));
        var validated = await Response(await client.PostAsync("/validate?timeout=5s", Body(Review(Bad)), Stop));
        Assert.False(validated.ContainsKey("patch"));
        Assert.False(validated.ContainsKey("patchType"));
    }

    [Fact]
    public async Task Hundreds_of_denials_are_twenty_and_a_count()
    {
        await using var server = await RunningServer.Start();
        var response = await Response(await server.Client().PostAsync("/validate", Body(Review(Ports(300))), Stop));
        var message = (string)response["status"]!["message"]!;
        Assert.StartsWith("300 problems in DestinationRule shop/api (policy test)", message, StringComparison.Ordinal);
        Assert.Equal(20, message.Split('\n').Count(l => l.StartsWith("  " + Rule, StringComparison.Ordinal)));
        Assert.Contains("\n  and 280 more\n", message, StringComparison.Ordinal);
        Assert.Equal(20, response["status"]!["details"]!["causes"]!.AsArray().Count);
    }

    [Fact]
    public async Task Hundreds_of_warnings_keep_to_what_an_API_server_passes_on()
    {
        await using var server = await RunningServer.Start(GuardAction.Warn);
        var response = await Response(await server.Client().PostAsync("/validate", Body(Review(Ports(300))), Stop));
        var warnings = response["warnings"]!.AsArray().Select(w => (string)w!).ToList();
        Assert.True((bool)response["allowed"]!);
        Assert.All(warnings, w => Assert.InRange(w.Length, 1, 120));
        Assert.InRange(warnings.Sum(w => w.Length), 1, 4096);
        Assert.All(warnings, w => Assert.DoesNotContain(w, char.IsControl));
        Assert.Equal(warnings.Count, warnings.Distinct(StringComparer.Ordinal).Count());
        Assert.Matches("^and [0-9]+ more: ", warnings[^1]);
    }

    [Fact]
    public async Task Many_ask_at_once_and_each_gets_its_own_answer()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 400)
                .Select(async i =>
                {
                    var response = await Response(await client.PostAsync("/validate", Body(Review(i % 2 == 0 ? Good : Bad, uid: $"u-{i}")), Stop));
                    return ((string?)response["uid"] == $"u-{i}") && ((bool)response["allowed"]! == (i % 2 == 0));
                })
        );
        Assert.DoesNotContain(false, answers);
        Assert.Equal(0, server.Server.BytesInFlight);
    }

    [Fact]
    public async Task Answers_on_the_same_connection_after_a_request_that_was_none()
    {
        await using var server = await RunningServer.Start();
        await using var stream = await server.Raw();
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        Assert.StartsWith("HTTP/1.1 400 ", await Exchange("{"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await Exchange(Review(Good)), StringComparison.Ordinal);

        async Task<string> Exchange(string body)
        {
            await stream.WriteAsync(
                Encoding.UTF8.GetBytes(
                    $"POST /validate?timeout=5s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + $"{body.Length}\r\n\r\n{body}"
                ),
                Stop
            );
            var status = (await reader.ReadLineAsync(Stop))!;
            var length = 0;
            while (await reader.ReadLineAsync(Stop) is { Length: > 0 } header)
            {
                if (header.StartsWith("Content-Length: ", StringComparison.Ordinal))
                    length = int.Parse(header.AsSpan(16), System.Globalization.CultureInfo.InvariantCulture);
            }
            await reader.ReadBlockAsync(new char[length], Stop);
            return status;
        }
    }

    [Fact]
    public async Task A_judge_that_breaks_is_a_500_that_the_log_tells_once()
    {
        await using var server = await RunningServer.Start(judge: _ => throw new InvalidOperationException("out of tune"));
        var client = server.Client();
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.InternalServerError, (await client.PostAsync("/validate", Body(Review(Good)), Stop)).StatusCode);
        Assert.Equal(1, server.Log.ToString().Split("out of tune").Length - 1);
        Assert.Equal(0, server.Server.BytesInFlight);
    }
}
