using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// Why the controller never takes a Canary that the API server has taken: no Service, route or primary is made, and users of a new service get no
/// answer (docs/facts/flagger.md#never-initialized).
/// </summary>
internal static class Uninitialized
{
    private const string Delegation = "delegation ";

    /// <summary>Found by the router of the VirtualService: the DestinationRules are made all the same.</summary>
    public static bool IsOfDelegation(Finding finding) => finding.Key.StartsWith(Delegation, StringComparison.Ordinal);

    public static IEnumerable<Finding> Of(CanaryAnalysis analysis)
    {
        var service = analysis.Spec["service"u8];
        var affinity = analysis.Node["sessionAffinity"u8];
        if (affinity.IsObject && SameText(affinity["cookieName"u8], affinity["primaryCookieName"u8]))
        {
            yield return new Finding(
                Place.Of(affinity, "primaryCookieName"),
                "cookies",
                "cookieName and primaryCookieName are the same, they must differ: the controller refuses the Canary"
            )
            {
                Remedy = "primaryCookieName: flagger-primary-cookie",
            };
        }
        var router = analysis.Router;
        if (router.IsIstio && service["delegation"u8].Kind == System.Text.Json.JsonValueKind.True)
        {
            foreach (var key in (string[])["hosts", "gateways"])
            {
                if (service[key].Count > 0)
                    yield return new Finding(
                        service[key],
                        Delegation + key,
                        $"{key} beside delegation, which allows none: Flagger writes no VirtualService, and the Canary is never initialized"
                    )
                    {
                        Remedy = $"# take {key} away, or delegation",
                    };
            }
        }
        if (!router.IsGatewayApi)
            yield break;
        if (service["gatewayRefs"u8].Count == 0)
        {
            yield return new Finding(
                Place.Of(service, "gatewayRefs"),
                "gatewayRefs",
                "no gatewayRefs, at least one is needed for Gateway API: Flagger writes no HTTPRoute, and the Canary is never initialized"
            )
            {
                Remedy = "gatewayRefs:\n  - name: …   # the Gateway\n    namespace: …",
            };
        }
        foreach (var item in service["match"u8].Items)
        {
            if (Unwritable(item) is { } wrong)
                yield return new Finding(
                    wrong,
                    "match",
                    "Gateway API's router writes no such condition, exact or regex are possible (a prefix for uri): no HTTPRoute is written, and the "
                        + "Canary is never initialized"
                );
        }
    }

    /// <summary>flagger pkg/router/gateway_api.go, mapRouteMatches.</summary>
    private static Node? Unwritable(Node entry)
    {
        var uri = entry["uri"u8];
        if (uri.IsObject && !Has(uri, "regex") && !Has(uri, "exact") && !Has(uri, "prefix"))
            return uri;
        if (entry["method"u8] is { IsObject: true } method && !Has(method, "exact"))
            return method;
        foreach (var key in (string[])["headers", "queryParams"])
        {
            foreach (var condition in entry[key].Entries)
            {
                var value = condition.Value;
                if (value.IsObject && !Has(value, "exact") && !Has(value, "regex"))
                    return value;
            }
        }
        return null;
    }

    private static bool Has(Node condition, string how) => condition[how].Text is { Length: > 0 };

    private static bool SameText(Node one, Node other) => (one.Text ?? "") == (other.Text ?? "");
}
