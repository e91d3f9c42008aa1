using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Traffic;

/// <summary>
/// First the consequences of docs/facts/istio.md#subset-policy and docs/facts/istio.md#port-policy one by one, then a second implementation of both
/// over random rules.
/// </summary>
public sealed partial class EffectivePolicyTests
{
    private static readonly string[] PortLevel = ["connectionPool", "outlierDetection", "loadBalancer", "tls"];
    private static readonly string[] Messages = [.. PortLevel, "tunnel", "proxyProtocol", "retryBudget"];

    [Theory]
    // 1: a port's entry replaces the complete policy: what it omits is default, and the three that no entry can hold are lost
    [InlineData(
        "{'trafficPolicy': {'outlierDetection': 1, 'portLevelSettings': [{'port': {'number': 80}, 'tls': 2}]}}",
        "outlierDetection",
        null,
        80,
        null
    )]
    [InlineData(
        "{'trafficPolicy': {'retryBudget': 1, 'tunnel': 1, 'portLevelSettings': [{'port': {'number': 80}, 'tls': 2}]}}",
        "retryBudget",
        null,
        80,
        null
    )]
    [InlineData(
        "{'trafficPolicy': {'retryBudget': 1, 'tunnel': 1, 'portLevelSettings': [{'port': {'number': 80}, 'tls': 2}]}}",
        "tunnel",
        null,
        80,
        null
    )]
    [InlineData(
        "{'trafficPolicy': {'outlierDetection': 1, 'portLevelSettings': [{'port': {'number': 80}, 'tls': 2}]}}",
        "outlierDetection",
        null,
        81,
        "1"
    )]
    // 2: a subset replaces whole messages
    [InlineData(
        "{'trafficPolicy': {'connectionPool': {'tcp': 1}}, 'subsets': [{'name': 'a', 'trafficPolicy': {'connectionPool': {'http': 2}}}]}",
        "connectionPool",
        0,
        80,
        "{\"http\": 2}"
    )]
    // 3: and inherits what it does not have, from the top or from the top's entry for that port
    [InlineData("{'trafficPolicy': {'tls': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'loadBalancer': 2}}]}", "tls", 0, null, "1")]
    [InlineData(
        "{'trafficPolicy': {'tls': 1, 'portLevelSettings': [{'port': {'number': 80}, 'tls': 3}]}, 'subsets': [{'name': 'a', 'trafficPolicy': "
            + "{'loadBalancer': 2}}]}",
        "tls",
        0,
        80,
        "3"
    )]
    [InlineData("{'trafficPolicy': {'tls': 1}, 'subsets': [{'name': 'a'}]}", "tls", 0, 80, "1")]
    [InlineData(
        "{'trafficPolicy': {'retryBudget': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'retryBudget': null}}]}",
        "retryBudget",
        0,
        80,
        "1"
    )]
    // 4: a subset's entry overrides the four for its port, also with nothing
    [InlineData(
        "{'trafficPolicy': {'outlierDetection': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'outlierDetection': 2, 'portLevelSettings': "
            + "[{'port': {'number': 80}}]}}]}",
        "outlierDetection",
        0,
        80,
        null
    )]
    [InlineData(
        "{'trafficPolicy': {'outlierDetection': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'outlierDetection': 2, 'portLevelSettings': "
            + "[{'port': {'number': 80}}]}}]}",
        "outlierDetection",
        0,
        81,
        "2"
    )]
    // but not the three: there the base stands, and the subset's own is lost
    [InlineData(
        "{'trafficPolicy': {'retryBudget': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'retryBudget': 2, 'portLevelSettings': [{'port': "
            + "{'number': 80}}]}}]}",
        "retryBudget",
        0,
        80,
        "1"
    )]
    // 5: the first entry of a port wins
    [InlineData(
        "{'trafficPolicy': {'portLevelSettings': [{'port': {'number': 80}, 'tls': 1}, {'port': {'number': 80}, 'tls': 2}]}}",
        "tls",
        null,
        80,
        "1"
    )]
    [InlineData("{'trafficPolicy': {'portLevelSettings': [{'port': {'number': 80}}, {'port': {'number': 80}, 'tls': 2}]}}", "tls", null, 80, null)]
    // 6: the bare host has the top's only, even beside a single subset
    [InlineData("{'trafficPolicy': {'tls': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'tls': 2, 'loadBalancer': 3}}]}", "tls", null, 80, "1")]
    [InlineData(
        "{'trafficPolicy': {'tls': 1}, 'subsets': [{'name': 'a', 'trafficPolicy': {'tls': 2, 'loadBalancer': 3}}]}",
        "loadBalancer",
        null,
        null,
        null
    )]
    // 7: entries match by the service's port; none matches the ports that no entry names
    [InlineData(
        "{'trafficPolicy': {'tls': 1, 'portLevelSettings': [{'port': {'number': 80}, 'tls': 2}, {'port': {}, 'tls': 3}, {'tls': 4}]}}",
        "tls",
        null,
        null,
        "1"
    )]
    public void Each_consequence_of_the_merge_holds(string spec, string message, int? subset, int? port, string? expected)
    {
        var root = Judge.Json(spec);
        var target = new PolicyTarget(subset is { } i ? root["subsets"u8].ItemAt(i) : default, subset is null ? null : "a", port);
        var found = new EffectivePolicy(root, new Reader()).Of(Encoding.UTF8.GetBytes(message), target).Value;
        Assert.Equal(expected, found.Exists ? found.ToString() : null);
    }

    [Fact]
    public void It_agrees_with_Istios_procedure_on_every_message_subset_and_port()
    {
        var random = new Random(20261121);
        var compared = 0;
        for (var round = 0; round < 1500; round++)
        {
            var json = RandomRule(random);
            var (root, rule) = (Node.Parse(json), JsonNode.Parse(json)!);
            var policy = new EffectivePolicy(root, new Reader());
            for (var s = -1; s < root["subsets"u8].Count; s++)
            {
                foreach (var port in new long?[] { 80, 443, 8080, null })
                {
                    var istio = Effective(rule, s < 0 ? null : rule["subsets"]![s], port);
                    var target = new PolicyTarget(s < 0 ? default : root["subsets"u8].ItemAt(s), s < 0 ? null : $"s{s}", port);
                    foreach (var message in Messages)
                    {
                        var found = policy.Of(Encoding.UTF8.GetBytes(message), target);
                        Assert.True(
                            (istio?[message]?.ToJsonString() ?? "null") == (found.Value.Exists ? found.Value.ToString() : "null"),
                            $"{message} of subset {s}, port {port} in {json}"
                        );
                        Assert.True(AMapStandsFor(policy, message, found), $"no map for {message} of subset {s}, port {port} in {json}");
                        compared++;
                    }
                }
            }
            EachMapGetsWhatItsTargetGets(policy, json);
        }
        Assert.True(compared > 50_000);
    }

    [Fact]
    public void What_a_map_replaces_is_what_would_be_without_it()
    {
        var random = new Random(7);
        for (var round = 0; round < 1500; round++)
        {
            var json = RandomRule(random);
            var root = Node.Parse(json);
            foreach (var map in new EffectivePolicy(root, new Reader()).Maps)
            {
                if (map.Layer == PolicyLayer.Top)
                    continue;
                foreach (var message in PortLevel)
                {
                    if (!map.Decides(Encoding.UTF8.GetBytes(message)))
                        continue;
                    var without = Node.Parse(Without(json, Pointer.Of(root, map.Node), map.Layer == PolicyLayer.Subset ? message : null, map.Port));
                    var subset = map.SubsetName is null
                        ? default
                        : without["subsets"u8].ItemAt(int.Parse(map.SubsetName[1..], System.Globalization.CultureInfo.InvariantCulture));
                    var expected = new EffectivePolicy(without, new Reader())
                        .Of(Encoding.UTF8.GetBytes(message), new PolicyTarget(subset, map.SubsetName, map.Port))
                        .Value;
                    var found = new EffectivePolicy(root, new Reader()).Replaced(Encoding.UTF8.GetBytes(message), map);
                    Assert.True(
                        (expected.Exists, expected.ToString()) == (found.Exists, found.ToString()) || (!expected.Exists && !found.Exists),
                        $"{message} of {map.Key} in {json}: {expected}, {found}"
                    );
                }
            }
        }
    }

    [Fact]
    public void Maps_are_in_the_order_of_the_document_and_say_whose_they_are()
    {
        var root = Judge.Json(
            """
            {'trafficPolicy': {'portLevelSettings': [{'port': {'number': 80}}, {'port': {'number': 80}}]},
             'subsets': [{'name': 'v1'}, {'name': 'v2', 'trafficPolicy': {'portLevelSettings': [{'port': {'number': 443}}]}}]}
            """
        );
        string[] keys = [.. new EffectivePolicy(root, new Reader()).Maps.ToArray().Select(m => m.Key)];
        Assert.Equal(["host", "port 80", "port 80 again", "subset v2", "subset v2 port 443"], keys);
    }

    [Theory]
    [InlineData("{'trafficPolicy': 'x'}", "a map")]
    [InlineData("{'trafficPolicy': {'portLevelSettings': {}}}", "a list")]
    [InlineData("{'trafficPolicy': {'portLevelSettings': [5]}}", "a map")]
    [InlineData("{'trafficPolicy': {'portLevelSettings': [{'port': 80}]}}", "a map")]
    [InlineData("{'trafficPolicy': {'portLevelSettings': [{'port': {'number': '80'}}]}}", "a whole number")]
    [InlineData("{'subsets': 'x'}", "a list")]
    [InlineData("{'subsets': [5]}", "a map")]
    [InlineData("{'subsets': [{'name': 5, 'trafficPolicy': {}}]}", "a text")]
    public void What_has_the_wrong_type_is_remembered_and_not_judged(string spec, string expected)
    {
        var read = new Reader();
        Assert.DoesNotContain(new EffectivePolicy(Judge.Json(spec), read).Maps.ToArray(), m => m.Port is not null);
        Assert.Equal(expected, Assert.Single(read.Wrong).Expected);
    }

    [Fact]
    public void The_work_grows_with_the_document_and_not_with_ports_times_subsets()
    {
        var ports = string.Join(',', Enumerable.Range(1, 4000).Select(p => $"{{'port': {{'number': {p}}}}}"));
        var subsets = string.Join(',', Enumerable.Range(1, 4000).Select(s => $"{{'name': 's{s}', 'trafficPolicy': {{'tls': {{}}}}}}"));
        Assert.Equal(
            8001,
            new EffectivePolicy(Judge.Json($"{{'trafficPolicy': {{'portLevelSettings': [{ports}]}}, 'subsets': [{subsets}]}}"), new Reader())
                .Maps
                .Length
        );
    }
}
