using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// Which objects Istio 1.32 refuses, by its schema or its webhook, compared with the models of it: VirtualServices, DestinationRules and
/// ServiceEntries of generated worlds, each with what Istio's own code said (docs/facts/istio.md#validation).
/// </summary>
public sealed class ValidityOracleTests
{
    /// <summary>What differs on purpose, by case and object, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["dr-1-0366 DestinationRule shop/api"] =
            "outlierDetection: null. The schema alone refuses it; an API server drops the null before it looks at the schema.",
    };

    [Fact]
    public void The_models_refuse_what_Istio_refuses_and_nothing_else()
    {
        var differences = new List<string>();
        var refused = 0;
        foreach (var line in OracleFile.Read("istio/validity.jsonl.gz"))
        {
            var name = $"{line.GetProperty("id").GetString()} {line.GetProperty("object").GetString()}";
            var expected = line.GetProperty("refused").GetBoolean();
            refused += expected ? 1 : 0;
            var said = Refused(Node.Parse(line.GetProperty("json").GetRawText()));
            if ((said.Count > 0) != expected && !OnPurpose.ContainsKey(name))
                differences.Add($"{name}: Istio {(expected ? "refuses" : "takes")} it, said: {string.Join("; ", said)}");
        }
        Assert.Empty(differences);
        Assert.InRange(refused, 100, int.MaxValue);
    }

    private static List<string> Refused(Node root)
    {
        var metadata = root["metadata"u8];
        var kind = ObjectKind.Of(root["apiVersion"u8].Text, root["kind"u8].Text)!;
        var key = new ObjectKey(kind, metadata["namespace"u8].Text ?? "default", metadata["name"u8].Text ?? "");
        var of = new KubeObject(key, root, new GuardSettings());
        var found = kind.Name switch
        {
            "VirtualService" => RefusedVirtualService.Of(of, VirtualServiceRoute.Of(of.Spec, of.Read)),
            "DestinationRule" => RefusedDestinationRule.Of(of),
            _ => RefusedServiceEntry.Of(of),
        };
        return [.. found.Select(f => f.Message), .. of.Read.Wrong.Select(w => w.Message)];
    }
}
