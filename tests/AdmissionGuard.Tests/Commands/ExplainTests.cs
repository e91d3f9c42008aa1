using System.Text.Json;

namespace AdmissionGuard.Tests.Commands;

public sealed class ExplainTests : CommandLine
{
    private const string World = """
        apiVersion: v1
        kind: Service
        metadata: {name: api, namespace: shop}
        spec:
          ports: [{name: http, port: 8080}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: api, namespace: shop}
        spec:
          hosts: [api]
          http:
          - name: testers
            match: [{headers: {x-user: {exact: "7"}}}]
            route: [{destination: {host: api, subset: canary}}]
          - name: everybody
            timeout: 5s
            retries: {attempts: 1}
            route:
            - {destination: {host: api, subset: stable}, weight: 90}
            - {destination: {host: api, subset: canary}, weight: 10}
        """;

    [Fact]
    public async Task A_request_is_explained_with_what_it_passed()
    {
        var outcome = await Run(["explain", "-f", Write("app.yaml", World), "GET", "http://api.shop/cart"]);
        Assert.Equal(0, outcome.Status);
        Assert.Equal(
            """
            GET /cart without headers, to api.shop.svc.cluster.local:8080 in the mesh
            takes it: route "everybody" of VirtualService shop/api: 90 % to api/stable, 10 % to api/canary; at most 2 tries, timeout 5s
            passed on the way:
              route "testers" of VirtualService shop/api: header x-user is missing, and must be "7"

            """,
            outcome.Out.Replace("api.shop.svc.cluster.local/", "api/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Json_has_both_states()
    {
        var old = Write("old.yaml", World.Replace("exact: \"7\"", "exact: \"8\"", StringComparison.Ordinal));
        var outcome = await Run([
            "explain",
            "-f",
            Write("app.yaml", World),
            "--old",
            old,
            "-H",
            "x-user: 7",
            "--from",
            "web/app=front",
            "-o",
            "json",
            "GET",
            "http://api.shop/",
        ]);
        Assert.Equal(0, outcome.Status);
        using var json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        Assert.Equal("everybody", json.RootElement.GetProperty("before").GetProperty("route").GetString());
        Assert.Equal("5s", json.RootElement.GetProperty("before").GetProperty("timeout").GetString());
        Assert.Equal("testers", json.RootElement.GetProperty("after").GetProperty("route").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("after").GetProperty("tries").GetInt32());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("after").GetProperty("answer").ValueKind);
        Assert.Equal(0, json.RootElement.GetProperty("passed").GetArrayLength());
    }

    [Fact]
    public async Task A_service_without_routes_answers_by_itself_and_a_host_that_nobody_has_does_not()
    {
        var app = Write("app.yaml", World[..World.IndexOf("---", StringComparison.Ordinal)]);
        Assert.Contains("Service shop/api: 100 %", (await Run(["explain", "-f", app, "GET", "http://api.shop/"])).Out, StringComparison.Ordinal);
        Assert.Contains(
            "no route, the answer is 404",
            (await Run(["explain", "-f", app, "GET", "http://www.example.com/"])).Out,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("http://api.shop/", "x-user", "\"x-user\" is not a header such as 'x-user: 7'\n")]
    [InlineData("http://", "x-user: 7", "\"http://\" is not a URL such as http://api.shop/cart\n")]
    public async Task What_cannot_be_read_is_said(string url, string header, string error)
    {
        var outcome = await Run(["explain", "-f", Write("app.yaml", World), "-H", header, "GET", url]);
        Assert.Equal(2, outcome.Status);
        Assert.Equal(error, outcome.Error);
    }
}
