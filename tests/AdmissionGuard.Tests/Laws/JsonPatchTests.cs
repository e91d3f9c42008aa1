using System.Text.Json;
using System.Text.Json.Nodes;
using AdmissionGuard.Admission;
using AdmissionGuard.Checks;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;

namespace AdmissionGuard.Tests.Laws;

/// <summary>
/// The API server applies a patch by RFC 6902, we write it and apply it ourselves in <c>check</c>. Here an implementation that is not ours applies
/// what goes over the wire, to every golden case that is repaired.
/// </summary>
public sealed class JsonPatchTests
{
    [Fact]
    public void An_independent_implementation_makes_the_same_of_every_golden_repair()
    {
        var repaired = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var golden in GoldenCase.All())
        {
            var manifests = new ManifestReview(Actor.GitOps, "default", Judge.Now);
            var (world, reviews) = manifests.Prepare(golden.World(), golden.Manifests, golden.Old);
            foreach (var given in reviews.Select(r => r.Review).Where(r => r.Object.Exists))
            {
                // a document of its own, as an AdmissionReview brings it
                var review = given with { Object = Node.Parse(given.Object.ToString()) };
                // by the policy of the case, and with every repair of the catalogue at once
                foreach (var cluster in (Cluster[])[world, world.With([KnownObjects.Everything(fix: true)])])
                {
                    var patch = Evaluator.Evaluate(review, cluster).Patch;
                    if (patch.Count == 0)
                        continue;
                    var ours = JsonNode.Parse(patch.Aggregate(review.Object, Spliced).ToString());
                    var theirs = Apply(Wire(patch), review.Object);
                    Assert.True(JsonNode.DeepEquals(theirs, ours), $"{golden}: {Wire(patch)}\ntheirs {theirs}\nours {ours}");
                    repaired.Add(golden.RuleId);
                }
            }
        }
        Assert.Superset(Catalogue.Rules.Where(r => r.Fixable).Select(r => r.Id).ToHashSet(), repaired.ToHashSet());
    }

    /// <summary>By our own Edit. What a second policy adds is made for the document that the first one left.</summary>
    private static Node Spliced(Node root, Edit.Addition addition)
    {
        var map = new Pointer([.. addition.Path.Steps.SkipLast(1)]).Resolve(root).Node;
        return Edit.Apply(root, [addition with { Map = map }]);
    }

    /// <summary>As an AdmissionReview carries it.</summary>
    private static string Wire(IReadOnlyList<Edit.Addition> patch)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            AdmissionReview.WritePatch(json, patch);
            json.WriteEndObject();
        }
        var answer = JsonNode.Parse(buffer.ToArray())!;
        Assert.Equal("JSONPatch", (string?)answer["patchType"]);
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)answer["patch"]!));
    }

    private static JsonObject Apply(string patch, Node root)
    {
        var target = JsonNode.Parse(root.ToString())!.AsObject();
        JsonSerializer.Deserialize<JsonPatchDocument>(patch)!.ApplyTo(target);
        return target;
    }
}
