using System.Net;
using AdmissionGuard.Kubernetes;
using static AdmissionGuard.Tests.Kubernetes.FakeApi;

namespace AdmissionGuard.Tests.Kubernetes;

public sealed class ApiServerTests
{
    private static readonly Resource Things = new("example.com", "v1", "things");

    [Fact]
    public async Task A_list_is_read_page_by_page_and_keeps_no_managedFields()
    {
        await using var fake = await Start(Body(Page("9", "a b", Item("one", "1"), Item("two", "2"))), Body(Page("9", "", Item("three", "3"))));
        using var api = fake.Connect();
        var listing = await api.List(Things, Stop, "shop", pageSize: 2);
        Assert.Equal("9", listing.ResourceVersion);
        Assert.Equal(["one", "two", "three"], listing.Items.Select(i => i["metadata"u8]["name"u8].Text));
        Assert.All(listing.Items, i => Assert.DoesNotContain("managed", i.ToString(), StringComparison.Ordinal));
        Assert.Equal(
            ["/apis/example.com/v1/namespaces/shop/things?limit=2", "/apis/example.com/v1/namespaces/shop/things?limit=2&continue=a%20b"],
            fake.Requests
        );
    }

    [Fact]
    public async Task A_page_that_comes_too_late_begins_the_list_again()
    {
        await using var fake = await Start(
            Body(Page("9", "more", Item("gone", "1"))),
            Status(410, "Expired", "too old"),
            Body(Page("12", "", Item("one", "11")))
        );
        using var api = fake.Connect();
        var listing = await api.List(Things, Stop);
        Assert.Equal(("12", "one"), (listing.ResourceVersion, Assert.Single(listing.Items)["metadata"u8]["name"u8].Text));
    }

    [Fact]
    public async Task A_page_that_is_too_large_is_asked_for_in_smaller_ones()
    {
        await using var fake = await Start(
            async context =>
            {
                context.Response.ContentLength = 1L << 30;
                await context.Response.Body.FlushAsync(Stop);
                await Silence()(context);
            },
            Body(Page("9", ""))
        );
        using var api = fake.Connect();
        await api.List(Things, Stop, pageSize: 400);
        Assert.EndsWith("?limit=50", fake.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_asks_for_patience_gets_it()
    {
        var time = new FakeTime();
        await using var fake = await Start(Body("slow down", 429, "7"), Status(200, "", ""));
        using var api = fake.Connect(time);
        var listed = api.Get(Things, "shop", "one", Stop);
        await time.Pass(TimeSpan.FromSeconds(7));
        await listed;
        Assert.Equal(2, fake.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_asks_for_ever_is_given_up()
    {
        await using var fake = await Always(Body("""{"reason":"TooManyRequests","message":"busy"}""", 429, "0"));
        using var api = fake.Connect();
        var busy = await Assert.ThrowsAsync<ApiException>(() => api.Get(Things, "shop", "one", Stop));
        Assert.Equal((HttpStatusCode.TooManyRequests, "TooManyRequests", TimeSpan.Zero), (busy.Status, busy.Reason, busy.RetryAfter));
        Assert.Equal(5, fake.Requests.Count);
    }

    [Theory]
    [InlineData(403, """{"kind":"Status","reason":"Forbidden","message":"things is\nforbidden"}""", "Forbidden", "things is forbidden (403)")]
    [InlineData(500, "<html>bad</html>", "InternalServerError", "<html>bad</html> (500)")]
    [InlineData(502, "", "BadGateway", "Bad Gateway (502)")]
    public async Task A_refusal_is_one_line_whatever_the_body(int status, string body, string reason, string end)
    {
        await using var fake = await Start(Body(body, status));
        using var api = fake.Connect();
        var refused = await Assert.ThrowsAsync<ApiException>(() => api.List(Things, Stop));
        Assert.Equal(((HttpStatusCode)status, reason), (refused.Status, refused.Reason));
        Assert.EndsWith("GET /apis/example.com/v1/things: " + end, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":[]}""")]
    public async Task An_answer_that_is_no_list_is_told(string body)
    {
        await using var fake = await Start(Body(body));
        using var api = fake.Connect();
        Assert.Equal(ApiException.Unreadable, (await Assert.ThrowsAsync<ApiException>(() => api.List(Things, Stop))).Reason);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_no_answer()
    {
        await using var fake = await Start(Cut("""{"items":["""), Cut());
        using var api = fake.Connect();
        for (var i = 0; i < 2; i++)
        {
            var broken = await Assert.ThrowsAsync<ApiException>(() => api.List(Things, Stop));
            Assert.Equal((null, ApiException.Unreachable), (broken.Status, broken.Reason));
        }
    }

    [Fact]
    public async Task A_silent_server_is_not_waited_for()
    {
        var time = new FakeTime();
        await using var fake = await Always(Silence());
        using var api = fake.Connect(time);
        var asked = api.List(Things, Stop);
        await time.Pass(TimeSpan.FromSeconds(30));
        var late = await Assert.ThrowsAsync<ApiException>(() => asked);
        Assert.EndsWith("no answer in 30 s", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_callers_own_stop_is_a_cancellation()
    {
        await using var fake = await Always(Silence());
        using var api = fake.Connect();
        using var stop = new CancellationTokenSource();
        var asked = api.List(Things, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task A_refused_token_is_read_again_once()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "old\n", Stop);
        await using var fake = await Start(
            async context =>
            {
                await File.WriteAllTextAsync(file, "new", Stop);
                await Status(401, "Unauthorized", "expired")(context);
            },
            Body(Page("1", "")),
            Status(401, "Unauthorized", "no"),
            Status(401, "Unauthorized", "no")
        );
        using var api = fake.Connect(credential: new TokenFile(file));
        await api.List(Things, Stop);
        Assert.Equal(["Bearer old", "Bearer new"], fake.Authorizations);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<ApiException>(() => api.List(Things, Stop))).Status);
        File.Delete(file);
        using var without = fake.Connect(credential: new TokenFile(file));
        Assert.Equal(ApiException.Credentials, (await Assert.ThrowsAsync<ApiException>(() => without.List(Things, Stop))).Reason);
    }

    [Fact]
    public async Task Impersonation_and_names_go_as_they_are()
    {
        var seen = "";
        await using var fake = await Start(context =>
        {
            seen = context.Request.Headers["Impersonate-Group"].ToString() + context.Request.Headers["Impersonate-User"];
            return Body("{}")(context);
        });
        var connection = fake.Connection() with { Impersonation = [new("Impersonate-User", "jane"), new("Impersonate-Group", "a")] };
        using var api = new ApiServer(connection, TimeProvider.System);
        await api.Get(Things, "shop", "a/../b?c", Stop);
        Assert.Equal(
            "/apis/example.com/v1/namespaces/shop/things/a%2F..%2Fb?c",
            fake.Requests.Single().Replace("%3F", "?", StringComparison.Ordinal)
        );
        Assert.Equal("ajane", seen);
    }
}
