using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Traffic;

/// <summary>Istio's procedure, written out for one subset and port at a time, and the rules that it is tried on.</summary>
public sealed partial class EffectivePolicyTests
{
    /// <summary>What a subset gets on a port (docs/facts/istio.md#subset-policy).</summary>
    private static Dictionary<string, JsonNode?>? Effective(JsonNode rule, JsonNode? subset, long? port)
    {
        var (basis, _) = PortPolicy(rule["trafficPolicy"], port);
        if (subset?["trafficPolicy"] is null)
            return basis;
        var (sub, subHasPort) = PortPolicy(subset["trafficPolicy"], port);
        if (basis is null)
            return sub;
        var result = new Dictionary<string, JsonNode?>(basis);
        foreach (var f in PortLevel)
        {
            if (subHasPort || sub![f] is not null)
                result[f] = sub![f];
        }
        foreach (var f in Messages.Except(PortLevel))
        {
            if (sub![f] is not null)
                result[f] = sub[f];
        }
        return result;
    }

    /// <summary>What a level gives a port, and whether by an entry for it (docs/facts/istio.md#port-policy).</summary>
    private static (Dictionary<string, JsonNode?>? Policy, bool HasPort) PortPolicy(JsonNode? policy, long? port)
    {
        if (policy is null)
            return (null, false);
        var entry = policy["portLevelSettings"]?.AsArray().FirstOrDefault(e => port is not null && (long?)e!["port"]!["number"] == port);
        if (entry is null)
            return (Messages.ToDictionary(m => m, m => policy[m]), false);
        return (Messages.ToDictionary(m => m, m => PortLevel.Contains(m) ? entry[m] : null), true);
    }

    private static bool AMapStandsFor(EffectivePolicy policy, string message, EffectiveMessage found)
    {
        foreach (var map in policy.Maps)
        {
            if (map.Layer == found.Layer && map.Node.Raw == found.Holder.Raw)
                return map.Decides(Encoding.UTF8.GetBytes(message)) || !EffectivePolicy.IsPortLevel(Encoding.UTF8.GetBytes(message));
        }
        return false;
    }

    private static void EachMapGetsWhatItsTargetGets(EffectivePolicy policy, string json)
    {
        foreach (var map in policy.Maps)
        {
            foreach (var message in Messages)
            {
                if (map.IsInert)
                    continue;
                var utf8 = Encoding.UTF8.GetBytes(message);
                Assert.True(
                    policy.Of(utf8, map).Raw == policy.Of(utf8, new PolicyTarget(map.Subset, map.SubsetName, map.Port)).Value.Raw,
                    $"{message} of {map.Key} in {json}"
                );
            }
        }
    }

    /// <summary>The rule without a subset's message, or without a port's entries.</summary>
    private static string Without(string json, Pointer at, string? message, long? port)
    {
        var rule = JsonNode.Parse(json)!;
        var node = rule;
        foreach (var step in message is null ? at.Steps.SkipLast(1) : at.Steps)
            node = step.Key is { } key ? node![key] : node![step.Index];
        if (message is not null)
            node!.AsObject().Remove(message);
        else
            node!.AsArray().RemoveAll(e => (long?)e!["port"]!["number"] == port);
        return rule.ToJsonString();
    }

    private static string RandomRule(Random random)
    {
        var marker = 0;
        var parts = new List<string>();
        if (random.Next(4) > 0)
            parts.Add($"\"trafficPolicy\":{Policy()}");
        if (random.Next(4) > 0)
            parts.Add($"\"subsets\":[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(Subset))}]");
        return $"{{{string.Join(',', parts)}}}";

        string Subset(int i) => $"{{\"name\":\"s{i}\"{(random.Next(4) > 0 ? $",\"trafficPolicy\":{Policy()}" : "")}}}";

        string Policy()
        {
            if (random.Next(12) == 0)
                return "null";
            var fields = Some(Messages);
            if (random.Next(2) == 0)
                fields.Add($"\"portLevelSettings\":[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Entry()))}]");
            return $"{{{string.Join(',', fields)}}}";
        }

        string Entry() => $"{{{string.Join(',', Some(PortLevel).Prepend($"\"port\":{{\"number\":{(random.Next(2) == 0 ? 80 : 443)}}}"))}}}";

        List<string> Some(string[] names) =>
            [.. names.Where(_ => random.Next(3) == 0).Select(n => $"\"{n}\":{(random.Next(8) == 0 ? "null" : $"{{\"id\":{marker++}}}")}")];
    }
}
