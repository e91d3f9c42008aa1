using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>What is said of the objects that Flagger made is said of the Canary that they were made of.</summary>
public sealed class FlaggerMadeRulesTests
{
    /// <summary>They ask who writes an object, or what stands around it.</summary>
    private static readonly string[] Around = ["canary-sole-writer", "virtual-service-subsets", "destination-rule-references", "gateway-references"];

    private static readonly string[] Topics =
    [
        "outlierDetection",
        "connectionPool",
        "tls",
        "loadBalancer",
        "retries",
        "timeout",
        "corsPolicy",
        "mirror",
        "hosts",
        "gateways",
        "match",
        "rewrite",
        "headers",
        "weight",
        "timeouts",
    ];

    /// <summary>What differs on purpose, by rule, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["destination-rule-connect-timeout"] = "spec.service has no field for it: nobody could follow the advice",
        ["route-lost-requests"] = "it compares with the routes of before, which a Canary's case has not: the review of what Flagger creates says it",
    };

    [Fact]
    public void A_Canary_is_no_way_around_the_rules_of_what_it_becomes()
    {
        var differences = new List<string>();
        var count = 0;
        foreach (var one in FlaggerCase.All.Where(c => !c.IsRefusedByDefinition && c.Facts["objects"u8].Count > 0))
        {
            var told = FlaggerVerdictTests.Findings(one);
            foreach (var made in Made(one))
            {
                count++;
                var isFirst = made.Action == GuardAction.Deny;
                var topic = Topics.FirstOrDefault(t => made.Path.ToString().Split('/').Contains(t, StringComparer.Ordinal));
                var same = told.Where(j => j.Rule == made.Rule || IsAbout(j, topic)).ToList();
                // without a provider nobody knows whether Istio routes: advice, whatever the rule says
                var isEnough =
                    isFirst && one.Spec["provider"u8].Exists ? same.Exists(j => j.Action is GuardAction.Deny or GuardAction.Fix) : same.Count > 0;
                if (!isEnough && !OnPurpose.ContainsKey(made.Rule))
                    differences.Add($"{one}: {made.Rule} {made.Action} {made.Path}: {made.Finding.Message}");
            }
        }
        Assert.True(differences.Count == 0, $"{differences.Count} of {count}\n{string.Join('\n', differences)}");
        Assert.True(count > 1000, $"{count} findings");
    }

    private static bool IsAbout(Judgement judgement, string? topic) =>
        topic is not null
        && (judgement.Path.ToString().Contains(topic, StringComparison.Ordinal) || judgement.Finding.Key.Contains(topic, StringComparison.Ordinal));

    private static IEnumerable<Judgement> Made(FlaggerCase one)
    {
        var cluster = Cluster.Empty;
        var objects = new List<(ObjectKey Key, Node Root)>();
        foreach (var item in one.Facts["objects"u8].Items)
        {
            if (ObjectKind.Of(item["apiVersion"u8].Text, item["kind"u8].Text) is not { } kind || kind == ObjectKind.HorizontalPodAutoscaler)
                continue;
            var key = new ObjectKey(kind, "prod", item["name"u8].Text!);
            var json =
                $"{{\"apiVersion\":{item["apiVersion"u8]},\"kind\":{item["kind"u8]},"
                + $"\"metadata\":{{\"name\":{item["name"u8]},\"namespace\":\"prod\"}},"
                + $"\"spec\":{item["spec"u8]}}}";
            objects.Add((key, Node.Parse(json)));
            cluster = cluster.With(key, objects[^1].Root);
        }
        return objects
            .Where(o => o.Key.Kind != ObjectKind.Service)
            .SelectMany(o => FlaggerVerdictTests.Judge(o.Key, o.Root, cluster))
            .Where(j => !Around.Contains(j.Rule, StringComparer.Ordinal));
    }
}
