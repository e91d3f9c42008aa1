using System.Globalization;
using System.Text;

namespace AdmissionGuard.Benchmarks.Objects;

/// <summary>VirtualServices as an API server sends them: twenty routes, two destinations each, about 7 KB with managedFields.</summary>
internal static class VirtualServices
{
    public const int Routes = 20;

    private const string Retries = """{"attempts":2,"retryOn":"connect-failure,refused-stream,unavailable,cancelled"}""";

    /// <summary>Nothing to say against it.</summary>
    public static string Clean(string name = "shop") => Make(name, _ => Route("10s", Retries));

    /// <summary>One route's newer version has ten points more.</summary>
    public static string Shifted(string name = "shop") => Make(name, i => Route("10s", Retries, canary: i == 7 ? 20 : 10));

    /// <summary>Two denials a route: too many attempts, and a try that lasts as long as the request may.</summary>
    public static string FortyFindings(string name = "shop") =>
        Make(name, _ => Route("10s", """{"attempts":9,"perTryTimeout":"10s","retryOn":"gateway-error,connect-failure,refused-stream"}"""));

    /// <summary>No route says what is tried again: twenty repairs.</summary>
    public static string WithoutRetries(string name = "shop") => Make(name, _ => Route("10s", null));

    private static string Route(string timeout, string? retries, int canary = 10) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$$"""
            "route":[{"destination":{"host":"orders","subset":"stable"},"weight":{{{{100
                - canary}}}}},{"destination":{"host":"orders","subset":"canary"},"weight":{{{{canary}}}}}],"timeout":"{{{{timeout}}}}"{{{{(
                retries is null ? "" : ",\"retries\":" + retries
            )}}}}
            """
        );

    private static string Make(string name, Func<int, string> route)
    {
        var json = new StringBuilder();
        json.Append(
            CultureInfo.InvariantCulture,
            $$$$"""
            {"apiVersion":"networking.istio.io/v1","kind":"VirtualService",
            "metadata":{{{{Metadata.Of(name, "f:hosts", "f:gateways", "f:http")}}}},
            "spec":{"hosts":["{{{{name}}}}.example.com"],"gateways":["istio-system/public"],"http":[
            """
        );
        for (var i = 0; i < Routes; i++)
        {
            json.Append(i == 0 ? "" : ",")
                .Append(
                    CultureInfo.InvariantCulture,
                    $$$$"""{"name":"orders-{{{{i:00}}}}","match":[{"uri":{"prefix":"/api/v1/orders-{{{{i:00}}}}"}}],{{{{route(i)}}}}}"""
                );
        }
        return json.Append("]}}").ToString();
    }
}
