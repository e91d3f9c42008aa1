using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Tests.Output;

/// <summary>
/// The part of SARIF 2.1.0 that we write, in our own words: an object has no other properties, and those with <c>!</c> are required. The
/// standard's own schema is not ours to copy.
/// </summary>
internal static class SarifShape
{
    private static readonly Dictionary<string, string> Objects = new(StringComparer.Ordinal)
    {
        ["log"] = "$schema:text version!:text runs!:[run]",
        ["run"] = "tool!:tool invocations:[invocation] originalUriBaseIds:bases columnKind:text results:[result]",
        ["tool"] = "driver!:driver",
        ["driver"] = "name!:text semanticVersion:text rules:[rule]",
        ["rule"] = "id!:text shortDescription:message fullDescription:message help:message defaultConfiguration:configuration properties:bag",
        ["message"] = "text!:text markdown:text",
        ["configuration"] = "level:level",
        ["bag"] = "tags:[text] precision:text problem.severity:text",
        ["invocation"] = "executionSuccessful!:flag toolExecutionNotifications:[notification]",
        ["notification"] = "message!:message level:level locations:[location]",
        ["bases"] = "%SRCROOT%:artifact",
        ["artifact"] = "uri:text uriBaseId:text",
        ["result"] =
            "message!:message ruleId:text ruleIndex:number level:level locations:[location] partialFingerprints:fingerprints "
            + "suppressions:[suppression]",
        ["suppression"] = "kind!:text justification:text",
        ["fingerprints"] = "admissionGuard/v1:text",
        ["location"] = "physicalLocation:place logicalLocations:[logical]",
        ["place"] = "artifactLocation:artifact region:region",
        ["region"] = "startLine:positive startColumn:positive",
        ["logical"] = "fullyQualifiedName:text kind:text",
    };

    public static void AssertFits(JsonNode log) => Fits(log, "log", "$");

    private static void Fits(JsonNode? node, string type, string at)
    {
        if (type[0] == '[')
        {
            foreach (var item in Assert.IsType<JsonArray>(node))
                Fits(item, type[1..^1], $"{at}[]");
        }
        else if (Objects.TryGetValue(type, out var declared))
            FitsObject(Assert.IsType<JsonObject>(node), declared, at);
        else
            Assert.True(IsA(Assert.IsType<JsonValue>(node, exactMatch: false), type), $"{at} is {node!.ToJsonString()}, no {type}");
    }

    private static void FitsObject(JsonObject node, string declared, string at)
    {
        var properties = declared
            .Split(' ')
            .Select(d => d.Split(':'))
            .ToDictionary(d => d[0].TrimEnd('!'), d => (Type: d[1], Required: d[0].EndsWith('!')), StringComparer.Ordinal);
        foreach (var (name, property) in properties)
            Assert.True(!property.Required || node.ContainsKey(name), $"{at} lacks {name}");
        foreach (var (name, value) in node)
        {
            Assert.True(properties.ContainsKey(name), $"{at} has {name}, which is not in the schema");
            Fits(value, properties[name].Type, $"{at}.{name}");
        }
    }

    private static bool IsA(JsonValue value, string type) =>
        type switch
        {
            "text" => value.GetValueKind() == JsonValueKind.String,
            "flag" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "level" => (string?)value is "none" or "note" or "warning" or "error",
            "positive" => (int)value >= 1,
            _ => (int)value >= 0,
        };
}
