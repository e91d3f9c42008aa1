using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

public sealed class EditTests
{
    [Fact]
    public void Leaves_below_the_same_missing_key_are_one_addition()
    {
        var root = Judge.Json("{'spec': {'host': 'api'}}");
        var addition = Assert.Single(Of(root["spec"u8], ("a/b/c", "1"), ("a/b/d", "2"), ("a/e", "\"x\"")).Additions(root));
        Assert.Equal("/spec/a", addition.Path.ToString());
        Assert.Equal("{\"b\":{\"c\":1,\"d\":2},\"e\":\"x\"}", addition.Json);
    }

    [Fact]
    public void Two_edits_below_the_same_missing_key_are_one_addition()
    {
        var root = Judge.Json("{'spec': {}}");
        var addition = Assert.Single(
            Edit.Additions(root, [Of(root["spec"u8], ("pool/tcp/max", "1")), Of(root["spec"u8], ("pool/http/max", "2"), ("pool/tcp/max", "9"))])
        );
        Assert.Equal("{\"tcp\":{\"max\":1},\"http\":{\"max\":2}}", addition.Json);
    }

    [Theory]
    [InlineData("{'a': {'b': 0}}")]
    [InlineData("{'a': {'b': false}}")]
    [InlineData("{'a': {'b': ''}}")]
    [InlineData("{'a': 'text'}")]
    [InlineData("{'a': [{}]}")]
    [InlineData("[]")]
    public void What_is_there_and_what_is_no_map_is_left_alone(string json)
    {
        var root = Judge.Json(json);
        Assert.Empty(Of(root, ("a/b", "1")).Additions(root));
    }

    [Fact]
    public void An_anchor_of_another_document_adds_nothing() => Assert.Empty(Of(Judge.Json("{}"), ("a", "1")).Additions(Judge.Json("{}")));

    [Fact]
    public void An_addition_made_for_another_document_is_refused()
    {
        var root = Judge.Json("{}");
        Assert.Throws<ArgumentException>(() => Edit.Apply(Judge.Json("{}"), Of(root, ("a", "1")).Additions(root)));
    }

    [Fact]
    public void Null_is_replaced_and_counts_as_a_map_that_is_missing()
    {
        var root = Judge.Json("{'a': null, 'b': {'c' :\tnull }, 'd': 1}");
        var after = Apply(root, Of(root, ("a/x", "1"), ("b/c", "2"), ("b/e", "3")));
        Assert.Equal("{\"a\": {\"x\":1}, \"b\": {\"c\" :\t2,\"e\":3 }, \"d\": 1}", after.ToString());
    }

    [Theory]
    [InlineData("{}", "{\"a\":1,\"b\":2}")]
    [InlineData("{ }", "{\"a\":1,\"b\":2 }")]
    [InlineData("{\n  'x': {}\n}", "{\n  \"x\": {},\"a\":1,\"b\":2\n}")]
    [InlineData("{'b': [ ] }", "{\"b\": [ ],\"a\":1 }")]
    public void Several_additions_into_one_map_keep_every_byte(string json, string expected)
    {
        var root = Judge.Json(json);
        Assert.Equal(expected, Apply(root, Of(root, ("a", "1"), ("b", "2"))).ToString());
    }

    [Fact]
    public void A_nested_root_is_edited_from_its_own_beginning()
    {
        var review = Judge.Json("{'request': {'name': 'ünïcode \u2603', 'object': {'metadata': {}, 'spec': {'list': [{'x': 1}, {}]}}}}");
        var root = review["request"u8]["object"u8];
        var item = root["spec"u8]["list"u8].ItemAt(1);
        var edits = new[] { Of(item, ("deep/er", "true")), Of(root["metadata"u8], ("annotations/a.b~1c~0d", "\"\\u00fc\"")) };
        var additions = Edit.Additions(root, edits);
        Assert.Equal(["/spec/list/1/deep", "/metadata/annotations"], additions.Select(a => a.Path.ToString()));
        var after = Edit.Apply(root, additions);
        Assert.Equal(
            "{\"metadata\": {\"annotations\":{\"a.b/c~d\":\"\\u00fc\"}}, \"spec\": {\"list\": [{\"x\": 1}, {\"deep\":{\"er\":true}}]}}",
            after.ToString()
        );
    }

    [Fact]
    public void Whatever_is_added_equals_the_adds_of_RFC_6902_and_keeps_the_rest_byte_for_byte()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2000; round++)
        {
            var root = Node.Parse(Spread(random, Value(random, 0, map: true)));
            var edits = Enumerable
                .Range(0, random.Next(1, 4))
                .Select(_ => new Edit(
                    Anchor(random, root),
                    [
                        .. Enumerable
                            .Range(0, random.Next(1, 4))
                            .Select(n => new Edit.Leaf(
                                string.Join(
                                    '/',
                                    Enumerable
                                        .Range(0, random.Next(1, 4))
                                        .Select(_ =>
                                            Key(random).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
                                        )
                                ),
                                $"{n}"
                            )),
                    ]
                ))
                .ToList();
            var additions = Edit.Additions(root, edits);
            var after = Edit.Apply(root, additions);

            var expected = JsonNode.Parse(root.ToString());
            foreach (var addition in additions)
            {
                var parent = expected;
                foreach (var step in addition.Path.Steps.SkipLast(1))
                    parent = step.Key is { } key ? parent![key] : parent![step.Index];
                Assert.Null(parent![addition.Key]);
                parent[addition.Key] = JsonNode.Parse(addition.Json);
            }
            Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(after.ToString())), $"{root}\n{after}");
            Assert.True(Remains(root, after), $"{root}\n{after}");
            Assert.Empty(Edit.Additions(after, edits.Select(e => e with { Anchor = Pointer.Of(root, e.Anchor).Resolve(after).Node })));
        }
    }

    /// <summary>
    /// Every value that was there and no map, but null, stands where it stood with the same bytes, and so does the order of what was there.
    /// </summary>
    private static bool Remains(Node before, Node after)
    {
        if (!before.Exists)
            return true;
        if (before.IsArray)
            return before.Count == after.Count && before.Items.Zip(after.Items).All(p => Remains(p.First, p.Second));
        if (!before.IsObject)
            return before.Raw.SequenceEqual(after.Raw);
        var keys = before.Entries.Select(e => e.Name).ToList();
        return after.Entries.Select(e => e.Name).Where(keys.Contains).SequenceEqual(keys) && keys.All(k => Remains(before[k], after[k]));
    }

    private static Edit Of(Node anchor, params (string Path, string Json)[] leaves) =>
        new(anchor, [.. leaves.Select(l => new Edit.Leaf(l.Path, l.Json))]);

    private static Node Apply(Node root, Edit edit) => Edit.Apply(root, edit.Additions(root));

    private static string Key(Random random) => new[] { "a", "b", "c/d", "e~f", "ü\u2603", "g\"h" }[random.Next(6)];

    private static IEnumerable<string> Keys(Random random) => Enumerable.Range(0, random.Next(4)).Select(_ => Key(random)).Distinct();

    private static string Value(Random random, int depth, bool map = false)
    {
        var least = depth > 3 ? 3 : 0;
        return (map ? 0 : random.Next(least, 7)) switch
        {
            0 or 1 => $"{{{string.Join(',', Keys(random).Select(k => $"{JsonValue.Create(k).ToJsonString()}:{Value(random, depth + 1)}"))}}}",
            2 => $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth + 1)))}]",
            3 => "null",
            4 => "1.50",
            5 => "\"x\\u00fc,{}\"",
            _ => "false",
        };
    }

    /// <summary>Spaces where JSON allows them.</summary>
    private static string Spread(Random random, string json) =>
        json.Contains("x\\u00fc", StringComparison.Ordinal) || random.Next(2) == 0
            ? json
            : json.Replace("{", "{ ", StringComparison.Ordinal)
                .Replace(",", "\n, ", StringComparison.Ordinal)
                .Replace(":", " :\t", StringComparison.Ordinal);

    private static Node Anchor(Random random, Node root)
    {
        var at = root;
        while (random.Next(3) > 0)
        {
            var children = at.Entries.Select(e => e.Value).Concat(at.Items.Select(i => i)).Where(n => n.IsObject || n.IsArray).ToList();
            if (children.Count == 0)
                break;
            at = children[random.Next(children.Count)];
        }
        return at;
    }
}
