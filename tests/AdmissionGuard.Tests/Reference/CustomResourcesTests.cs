using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Manifests;
using AdmissionGuard.Tests.Deploy;

namespace AdmissionGuard.Tests.Reference;

/// <summary>The custom resources as the API server reads them.</summary>
public sealed class CustomResourcesTests
{
    private static readonly IReadOnlyList<Document> Definitions = Manifest.Parse("crd.yaml", Encoding.UTF8.GetBytes(CustomResources.Yaml()));

    public static TheoryData<string> Kinds => ["GuardPolicy", "GuardException", "GuardSettings"];

    public static TheoryData<string> RuleIds => [.. Catalogue.Rules.Select(r => r.Id)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_node_of_the_schema_has_a_type_and_says_what_it_is_for(string kind)
    {
        Walk(Schema(kind), kind);

        static void Walk(Node node, string path)
        {
            Assert.True(node["type"u8].Text is "object" or "array" or "string" or "integer" or "boolean", $"{path} has no type");
            Assert.True(
                path.EndsWith(".metadata", StringComparison.Ordinal) || node["description"u8].Text is { Length: > 0 },
                $"{path} explains nothing"
            );
            // Istio defines what stands there
            var isIstios = path.StartsWith("GuardSettings.spec.mesh.default", StringComparison.Ordinal);
            Assert.False(
                (node["x-kubernetes-preserve-unknown-fields"u8].Exists && !isIstios) || node["x-kubernetes-int-or-string"u8].Exists,
                $"{path} takes anything"
            );
            Assert.False(node["default"u8].Exists, $"{path} has a default, which Argo CD would show as drift");
            Assert.Equal(node["type"u8].Text == "array", node["items"u8].Exists);
            Assert.Subset(node["properties"u8].Entries.Select(e => e.Name).ToHashSet(), node["required"u8].Texts().ToHashSet());
            if (node["items"u8].Exists)
                Walk(node["items"u8], path + "[]");
            if (node["additionalProperties"u8].Exists)
                Walk(node["additionalProperties"u8], path + "{}");
            foreach (var property in node["properties"u8].Entries)
                Walk(property.Value, $"{path}.{property.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_definition_is_cluster_scoped_and_fits_into_its_own_annotation(string kind)
    {
        var definition = Definition(kind);
        Assert.Equal("Cluster", definition["spec"u8]["scope"u8].Text);
        Assert.True(definition.At("spec/versions/0/subresources/status").IsObject);
        Assert.True(definition.Raw.Length < 200 << 10, "kubectl apply keeps it in an annotation, and all annotations have 256 KiB");
        Assert.All(definition.At("spec/versions/0/additionalPrinterColumns").Nodes(), c => Assert.NotEmpty(c["jsonPath"u8].Text!));
    }

    [Fact]
    public void The_rules_that_can_be_named_are_the_catalogue_by_present_and_former_ids()
    {
        var ids = Catalogue.Rules.Select(r => r.Id).Concat(Catalogue.Rules.SelectMany(r => r.FormerIds).Order(StringComparer.Ordinal)).ToArray();
        Assert.Equal(ids, Entry["properties"u8].At("rule/enum").Texts());
        Assert.Equal(ids, Schema("GuardException").At("properties/spec/properties/rules/items/enum").Texts());
        Assert.Equal(
            Catalogue.Kinds.Select(k => k.Name),
            Schema("GuardPolicy").At("properties/spec/properties/match/properties/kinds/items/enum").Texts()
        );
    }

    /// <summary>Else the API server would refuse a parameter in a policy that is stored with the former id.</summary>
    [Fact]
    public void Every_law_that_names_a_rule_names_its_former_ids_too()
    {
        var laws = Laws(Entry).ToList();
        Assert.Contains(laws, l => l.Contains("'rollout-mirror-load'", StringComparison.Ordinal));
        foreach (var rule in Catalogue.Rules.Where(r => r.FormerIds.Count > 0))
        {
            var named = laws.Where(l => l.Contains($"'{rule.Id}'", StringComparison.Ordinal));
            Assert.All(named, l => Assert.All(rule.FormerIds, id => Assert.Contains($"'{id}'", l, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_parameter_is_typed_bounded_and_explained(string id)
    {
        foreach (var parameter in Catalogue.Find(id)!.Parameters)
        {
            var schema = Entry["properties"u8].At("parameters/properties")[parameter.Name];
            Assert.Equal(
                parameter.Type switch
                {
                    "duration" => "string",
                    "list" => "array",
                    var same => same,
                },
                schema["type"u8].Text
            );
            var line = Assert.Single(schema["description"u8].Text!.Split('\n'), l => l.StartsWith(id + ": ", StringComparison.Ordinal));
            Assert.Contains($"default {parameter.Write(parameter.Default)}", line, StringComparison.Ordinal);
            if (parameter.Minimum is not { } least)
                continue;
            Assert.EndsWith($"{least} to {parameter.Maximum}", line, StringComparison.Ordinal);
            if (schema["pattern"u8].Text is { } pattern)
                Assert.All((string[])[least, parameter.Maximum!, parameter.Write(parameter.Default)], value => Assert.Matches(pattern, value));
            var laws = Laws(schema).Concat(Laws(Entry)).ToArray();
            var bounded =
                parameter.Type == "integer"
                    ? Bound(schema["minimum"u8]) == least && Bound(schema["maximum"u8]) == parameter.Maximum
                        || laws.Any(l =>
                            l.Contains($"self.rule != '{id}'", StringComparison.Ordinal) && l.Contains($">= {least} ", StringComparison.Ordinal)
                        )
                    : laws.Any(l =>
                        l.Contains($">= duration('{least}')", StringComparison.Ordinal)
                        && l.Contains($"<= duration('{parameter.Maximum}')", StringComparison.Ordinal)
                    );
            Assert.True(bounded, $"{parameter.Name} of {id} has no bounds");
            Assert.Contains(laws, l =>
                l.StartsWith($"!has(self.parameters) || !has(self.parameters.{parameter.Name}) || self.rule ", StringComparison.Ordinal)
                && l.Contains($"'{id}'", StringComparison.Ordinal)
            );
        }

        static string Bound(Node number) => number.Exists ? number.Element().GetInt32().ToString(CultureInfo.InvariantCulture) : "";
    }

    /// <summary>A pattern is RE2 in the API server, which knows no look-around and no back-references.</summary>
    [Fact]
    public void Durations_that_the_schema_lets_through_are_durations()
    {
        var pattern = new Regex(Entry["properties"u8].At("parameters/properties/minPause/pattern").Text!, RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.All((string[])["0", "30s", "1h30m", "1.5s", "250ms"], text =>
            Assert.True(pattern.IsMatch(text) && Durations.TryParse(text, out _), text)
        );
        Assert.All((string[])["", "30", "-5s", "1 s", "1d", "s"], text => Assert.DoesNotMatch(pattern, text));
    }

    private static Node Entry => Schema("GuardPolicy").At("properties/spec/properties/rules/items");

    private static IEnumerable<string> Laws(Node schema) => schema["x-kubernetes-validations"u8].Nodes().Select(l => l["rule"u8].Text!);

    private static Node Definition(string kind) => Assert.Single(Definitions, d => d.Root.At("spec/names/kind").Text == kind).Root;

    private static Node Schema(string kind) => Definition(kind).At("spec/versions/0/schema/openAPIV3Schema");
}
