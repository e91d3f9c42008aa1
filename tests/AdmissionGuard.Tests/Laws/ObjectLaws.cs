using System.Text.Json.Nodes;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Laws;

/// <summary>What holds whatever the object, on every object of every golden case.</summary>
public sealed partial class ObjectLaws
{
    [Fact]
    public void Versions_and_unknown_fields_change_nothing()
    {
        foreach (var (review, cluster) in KnownObjects.All())
        {
            var world = cluster.With([KnownObjects.KnownFields()]);
            var expected = Lines(Evaluator.Evaluate(review, world));
            var strange = JsonNode.Parse(review.Object.ToString())!.AsObject();
            AddUnknown(strange);
            strange["apiVersion"] = review.Kind!.Group + "/v9";
            Assert.Equal(expected, Lines(Evaluator.Evaluate(review with { Object = Node.Parse(strange.ToJsonString()) }, world)));
        }
    }

    private static readonly string[] Junk =
    [
        "null",
        "true",
        "-1",
        "0",
        "1.5",
        "1e300",
        "99999999999999999999",
        "\"\"",
        "\"junk \\n\"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "[{}]",
        "{\"a\":[]}",
    ];

    /// <summary>
    /// All junk in each place the first times it occurs in a kind, then one after the other, and in the end now and then: the hundredth container's
    /// image says nothing new.
    /// </summary>
    private sealed class JunkFor
    {
        private const int InFull = 2;
        private const int OneByOne = 30;
        private const int NowAndThen = 8;

        private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);
        private int next;

        public string[] Of(ObjectKind kind, Pointer path)
        {
            var shape = $"{kind} {string.Join('/', path.Steps.Select(s => s.Key ?? "*"))}";
            var times = seen[shape] = seen.GetValueOrDefault(shape) + 1;
            if (times <= InFull)
                return Junk;
            return times <= OneByOne || times % NowAndThen == 0 ? [Junk[next++ % Junk.Length]] : [];
        }
    }

    [Fact]
    public void No_rule_throws_whatever_junk_stands_in_a_place()
    {
        var (failures, junk, count) = (new HashSet<string>(), new JunkFor(), 0);
        foreach (var (review, cluster) in KnownObjects.All())
        {
            var world = KnownObjects.Selecting(cluster);
            var whole = WithMetadata(
                review.Object,
                $"\"labels\":{{\"app\":\"web\"}},\"annotations\":{{\"{BreakGlass.Annotation}\":\"INC-4711: pool melts\"}}"
            );
            foreach (var path in Paths(whole, Pointer.Root))
            {
                foreach (var value in junk.Of(review.Kind!, path))
                {
                    var broken = Replace(whole, path, value);
                    Run(review with { Object = broken });
                    Run(review with { Object = broken, OldObject = review.Object, Operation = Operation.Update });
                    if (count % 3 == 0)
                        Run(review with { OldObject = broken, Operation = Operation.Update });
                    if (count++ % 3 == 1)
                        Run(review with { Object = default, OldObject = broken, Operation = Operation.Delete });
                }
            }

            void Run(Review strange)
            {
                foreach (var failure in Evaluator.Evaluate(strange, world).Failures)
                    failures.Add($"{failure.Rule}: {failure.Exception}");
            }
        }
        Assert.Empty(failures);
        Assert.True(count > 1000);
    }

    /// <summary>A review of a creation as one of another operation; an update adds labels.</summary>
    private static Review As(Operation operation, Review review)
    {
        if (operation == Operation.Create)
            return review;
        var changed = operation == Operation.Delete ? default : WithMetadata(review.Object, "\"labels\":{\"app\":\"web\"}");
        return review with { Operation = operation, Object = changed, OldObject = review.Object };
    }

    /// <summary>What a rule looks up is as strange as what it judges: nobody reviewed it.</summary>
    [Fact]
    public void No_rule_throws_whatever_junk_stands_in_other_objects()
    {
        var (failures, junk, count) = (new HashSet<string>(), new JunkFor(), 0);
        foreach (var (review, cluster, others) in KnownObjects.WithOthers())
        {
            foreach (var (key, root) in others)
            {
                foreach (var path in Paths(root, Pointer.Root))
                {
                    foreach (var value in junk.Of(key.Kind, path))
                    {
                        var world = KnownObjects.Selecting(cluster.With(key, Replace(root, path, value)));
                        Operation[] operations = [Operation.Create, Operation.Update, Operation.Delete];
                        var operation = operations[count++ % 3];
                        foreach (var failure in Evaluator.Evaluate(As(operation, review), world).Failures)
                            failures.Add($"{failure.Rule}: {failure.Exception}");
                    }
                }
            }
        }
        Assert.Empty(failures);
        Assert.True(count > 1000);
    }

    /// <summary>
    /// Not where any field has a meaning of its own: conditions of a match, messages of a traffic policy, labels, plugins by name, an endpoint's map
    /// of ports.
    /// </summary>
    private static void AddUnknown(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var (key, value) in map.ToList())
            {
                if (key is not ("match" or "matches" or "trafficPolicy" or "labels" or "plugins") && !(key == "ports" && value is JsonObject))
                    AddUnknown(value);
            }
            map["xUnknown"] = new JsonObject { ["a"] = 1 };
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
                AddUnknown(item);
        }
    }

    private static IEnumerable<Pointer> Paths(Node node, Pointer at)
    {
        if (at.Steps.Count > 0)
            yield return at;
        foreach (var entry in node.Entries)
        {
            if (at.Steps.Count == 0 && entry.Name is "apiVersion" or "kind")
                continue;
            foreach (var path in Paths(entry.Value, at.Append(entry.Name)))
                yield return path;
        }
        for (var i = 0; i < node.Count; i++)
        {
            foreach (var path in Paths(node.ItemAt(i), new Pointer([.. at.Steps, new Pointer.Step(null, i)])))
                yield return path;
        }
    }

    private static Node Replace(Node root, Pointer path, string json)
    {
        var node = path.Resolve(root).Node;
        var text = root.Raw;
        var offset = node.OffsetIn(root);
        byte[] bytes = [.. text[..offset], .. System.Text.Encoding.UTF8.GetBytes(json), .. text[(offset + node.Raw.Length)..]];
        return Node.Parse(bytes);
    }

    private static Node WithMetadata(Node root, string entry)
    {
        var changed = root.ToString().Replace("\"metadata\":{", $"\"metadata\":{{{entry},", StringComparison.Ordinal);
        Assert.NotEqual(root.ToString(), changed);
        return Node.Parse(changed);
    }
}
