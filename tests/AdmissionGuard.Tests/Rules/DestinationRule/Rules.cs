namespace AdmissionGuard.Tests.Rules.DestinationRule;

/// <summary>DestinationRules as JSON; single quotes allowed.</summary>
internal static class Rules
{
    public static string Of(string spec, string @namespace = "shop") =>
        $"{{'apiVersion': 'networking.istio.io/v1', 'kind': 'DestinationRule', 'metadata': {{'name': 'api', 'namespace': '{@namespace}'}}, "
        + $"'spec': {spec}}}";

    /// <summary>A rule for the host api with this at the top, and subsets.</summary>
    public static string Api(string trafficPolicy, string subsets = "[]") =>
        Of($"{{'host': 'api', 'trafficPolicy': {trafficPolicy}, 'subsets': {subsets}}}");
}
