using System.Net;
using System.Text;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary>What is no AdmissionReview is refused with the reason, and costs nothing afterwards.</summary>
public sealed class UnreadableTests
{
    public static TheoryData<string, string, string> Bodies =>
        new()
        {
            { "empty", "", "the body is empty" },
            { "not JSON", "kind: AdmissionReview", "invalid start" },
            { "truncated", Review(Good)[..200], "" },
            { "two documents", Review(Good) + Review(Good), "" },
            { "a list", "[]", "kind is absent" },
            {
                "wrong kind",
                Review(Good).Replace("AdmissionReview", "ConversionReview", StringComparison.Ordinal),
                "kind is \"ConversionReview\", AdmissionReview is expected"
            },
            {
                "wrong version",
                Review(Good).Replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1", StringComparison.Ordinal),
                "apiVersion is \"admission.k8s.io/v1beta1\""
            },
            { "no request", "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}", "request is missing" },
            { "request null", "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":null}", "request is missing" },
            { "no uid", Review(Good, uid: ""), "request.uid is missing" },
            { "long uid", Review(Good, uid: new string('u', 300)), "request.uid is missing, or longer" },
            { "deep", Review(string.Concat(Enumerable.Repeat("{'a':", 200)) + "1" + new string('}', 200)), "depth" },
            { "half a surrogate pair", Review("{'host':'\\ud800'}"), "half a surrogate pair" },
            { "half a pair as key", Review("{'\\uDFFF':1}"), "half a surrogate pair" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task An_unreadable_body_is_a_400_that_says_why(string what, string body, string reason)
    {
        await using var server = await RunningServer.Start();
        foreach (var path in (string[])["/validate?timeout=5s", "/mutate?timeout=5s"])
        {
            var message = await server.Client().PostAsync(path, Body(body), Stop);
            var text = await message.Content.ReadAsStringAsync(Stop);
            Assert.True(message.StatusCode == HttpStatusCode.BadRequest, $"{what}: {message.StatusCode}");
            Assert.StartsWith("no AdmissionReview could be read: ", text, StringComparison.Ordinal);
            Assert.Contains(reason, text, StringComparison.Ordinal);
            Assert.Single(text.TrimEnd('\n').Split('\n'));
        }
        Assert.Equal(0, server.Server.BytesInFlight);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_a_400()
    {
        await using var server = await RunningServer.Start();
        var bytes = Encoding.Latin1.GetBytes(Review("{'host':'caf\u00e9'}"));
        var message = await server.Client().PostAsync("/validate", new ByteArrayContent(bytes), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, message.StatusCode);
        Assert.Contains("not valid UTF-8", await message.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_tokens_than_an_object_can_have_are_a_400()
    {
        await using var server = await RunningServer.Start();
        var body = "[" + string.Concat(Enumerable.Repeat("0,", 4_000_000)) + "0]";
        var message = await server.Client().PostAsync("/validate", Body(body), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, message.StatusCode);
        Assert.Contains("more than 4000000 tokens", await message.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_than_8_MiB_are_a_413_whether_announced_or_not(bool chunked)
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/validate") { Content = new ByteArrayContent(new byte[(8 << 20) + 1]) };
        request.Headers.TransferEncodingChunked = chunked;
        if (!chunked)
            request.Headers.ExpectContinue = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.SendAsync(request, Stop)).StatusCode);
        Assert.Equal(0, server.Server.BytesInFlight);
        Assert.True((bool)(await Response(await client.PostAsync("/validate", Body(Review(Good)), Stop)))["allowed"]!);
    }

    [Fact]
    public async Task A_review_of_nearly_8_MiB_is_judged()
    {
        await using var server = await RunningServer.Start();
        var review = Review("{'host':'api.shop.svc.cluster.local','junk':'" + new string('x', 8_000_000) + "'}");
        Assert.False((bool)(await Response(await server.Client().PostAsync("/validate", Body(review), Stop)))["allowed"]!);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/validate") { Content = Body(review) };
        chunked.Headers.TransferEncodingChunked = true;
        Assert.False((bool)(await Response(await server.Client().SendAsync(chunked, Stop)))["allowed"]!);
        Assert.Equal(0, server.Server.BytesInFlight);
    }

    [Fact]
    public async Task Other_methods_and_other_paths_are_told_what_is_here()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        var get = await client.GetAsync("/validate", Stop);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal("POST", Assert.Single(get.Content.Headers.Allow));
        var elsewhere = await client.PostAsync("/", Body(Review(Good)), Stop);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Contains("/validate", await elsewhere.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_leaves_nothing_reserved()
    {
        await using var server = await RunningServer.Start();
        await using (var stream = await server.Raw())
        {
            await stream.WriteAsync("POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{"u8.ToArray(), Stop);
            await Until(() => server.Server.BytesInFlight > 0);
        }
        await Until(() => server.Server.BytesInFlight == 0);
        Assert.Empty(server.Log.ToString());
    }

    [Fact]
    public async Task A_client_that_speaks_no_TLS_does_not_hurt()
    {
        await using var server = await RunningServer.Start();
        using (var socket = await server.Connect(Stop))
        {
            await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Stop);
            var answer = new byte[1024];
            int read;
            while ((read = await socket.ReceiveAsync(answer, Stop)) > 0)
                Assert.DoesNotContain("200", Encoding.Latin1.GetString(answer, 0, read), StringComparison.Ordinal);
        }
        Assert.Equal("ok\n", await server.Client().GetStringAsync("/healthz", Stop));
    }
}
