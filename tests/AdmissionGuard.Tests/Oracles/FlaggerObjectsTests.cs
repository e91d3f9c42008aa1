using System.Text.Json;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>The objects that we generate in memory against those that Flagger's controller made.</summary>
public sealed class FlaggerObjectsTests
{
    private static readonly string[] Judged = ["VirtualService", "DestinationRule", "HTTPRoute"];

    /// <summary>What differs on purpose.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["n-scaler-missing"] = "the HorizontalPodAutoscaler that it names is not there, which is no matter of the Canary alone",
        ["n-match-all-fields"] = "its keys n and y are true and false to kubectl, and to us, and texts to what made the oracle",
    };

    [Fact]
    public void Routes_and_policies_are_those_that_Flagger_makes()
    {
        var differences = new List<string>();
        var count = 0;
        foreach (var one in FlaggerCase.All.Where(c => c.Facts["objects"u8].Count > 0 && !OnPurpose.ContainsKey(c.Id)))
        {
            var made = MadeObjects.Of(one.Canary, one.Key);
            var expected = Expected(one).ToList();
            if (expected.Count != made.Count)
                differences.Add($"{one}: {made.Count} objects, Flagger makes {expected.Count}");
            foreach (var real in expected)
            {
                count++;
                var ours = made.FirstOrDefault(m => m.Key.Kind.Name == real["kind"u8].Text && m.Key.Name == real["name"u8].Text);
                if (ours is null)
                    differences.Add($"{one}: no {real["kind"u8].Text} {real["name"u8].Text}");
                else if (!ours.Root["spec"u8].SameAs(real["spec"u8]))
                    differences.Add($"{one}: {ours.Root["spec"u8]}\n  Flagger: {real["spec"u8]}");
                else if (!SameLabels(ours.Root["metadata"u8], real, "labels") || !SameLabels(ours.Root["metadata"u8], real, "annotations"))
                    differences.Add($"{one}: {ours.Root["metadata"u8]}\n  Flagger: {real["labels"u8]} {real["annotations"u8]}");
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(count > 700, $"{count} objects");
    }

    /// <summary>A path of a generated object leads to what the Canary has there, or to where it would stand.</summary>
    [Fact]
    public void Values_that_are_copied_stand_in_the_Canary_where_their_path_says()
    {
        var count = 0;
        foreach (var one in FlaggerCase.All)
        {
            foreach (var made in MadeObjects.Of(one.Canary, one.Key))
            {
                var finder = new PointerFinder(made.Root);
                foreach (var leaf in Leaves(made.Root["spec"u8]))
                {
                    var source = made.SourceOf(finder.Of(leaf).ToString(), out var hasPlace);
                    if (!hasPlace)
                        continue;
                    var (found, isWhole) = Find(one.Canary, source);
                    if (isWhole)
                    {
                        count++;
                        Assert.Equal(found.ToString(), leaf.ToString());
                    }
                }
            }
        }
        Assert.True(count > 1000, $"{count} values");
    }

    private static (Node Node, bool IsWhole) Find(Node root, string path)
    {
        foreach (var step in path.Split('/')[1..])
        {
            var next = root.IsArray && int.TryParse(step, out var index) && index < root.Count ? root.ItemAt(index) : root[step];
            if (!next.Exists)
                return (root, false);
            root = next;
        }
        return (root, true);
    }

    private static List<Node> Leaves(Node node)
    {
        if (!node.IsObject && !node.IsArray)
            return [node];
        var below = new List<Node>();
        foreach (var entry in node.Entries)
            below.AddRange(Leaves(entry.Value));
        foreach (var item in node.Items)
            below.AddRange(Leaves(item));
        return below;
    }

    private static IEnumerable<Node> Expected(FlaggerCase one)
    {
        foreach (var item in one.Facts["objects"u8].Items)
        {
            if (Judged.Contains(item["kind"u8].Text, StringComparer.Ordinal))
                yield return item;
        }
    }

    private static bool SameLabels(Node ours, Node real, string key) => ours[key].SameAs(real[key]);
}
