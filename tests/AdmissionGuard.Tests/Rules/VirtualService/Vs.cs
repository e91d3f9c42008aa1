namespace AdmissionGuard.Tests.Rules.VirtualService;

/// <summary>VirtualServices in one line.</summary>
internal static class Vs
{
    public static string Of(string spec) =>
        $"{{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {{'name': 'api', 'namespace': 'shop'}}, 'spec': {spec}}}";

    /// <summary>For host api, with these http routes.</summary>
    public static string Http(string routes) => Of($"{{'hosts': ['api'], 'http': [{routes}]}}");

    /// <summary>
    /// One http route to destinations written <c>canary 90</c>, <c>host/canary:8080 90</c>, or without a weight; the host is api where there is none.
    /// </summary>
    public static string Split(string destinations, string more = "") => Http(Route(destinations, more));

    public static string Route(string destinations, string more = "") =>
        $"{{{(more.Length > 0 ? more + ", " : "")}'route': [{string.Join(", ", destinations.Split(", ").Select(Destination))}]}}";

    private static string Destination(string text)
    {
        var words = text.Split(' ');
        var address = words[0].Split(':');
        var names = address[0].Split('/');
        var host = names.Length == 2 ? names[0] : "api";
        var subset = names[^1].Length > 0 ? $", 'subset': '{names[^1]}'" : "";
        var port = address.Length == 2 ? $", 'port': {{'number': {address[1]}}}" : "";
        return $"{{'destination': {{'host': '{host}'{subset}{port}}}{(words.Length == 2 ? $", 'weight': {words[1]}" : "")}}}";
    }
}
