using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

public sealed class PointerTests
{
    private static readonly Node Root = Judge.Json(
        "{'spec': {'http': [{'route': [{'weight': 10}, {'weight': 90}]}], 'a/b': {'m~n': 1}, 'ü \u2603': [[], [{}]], '': {'x': null}}, "
            + "'metadata': {'annotations': {'a.b/c': 'd'}}}"
    );

    [Theory]
    [InlineData("/spec", "spec")]
    [InlineData("/spec/http/0/route/1/weight", "spec.http[0].route[1].weight")]
    [InlineData("/spec/a~1b/m~0n", "spec[\"a/b\"][\"m~n\"]")]
    [InlineData("/metadata/annotations/a.b~1c", "metadata.annotations[\"a.b/c\"]")]
    [InlineData("/spec/ü \u2603/1/0", "spec[\"ü \u2603\"][1][0]")]
    [InlineData("/spec//x", "spec[\"\"].x")]
    public void A_node_is_found_by_where_its_bytes_lie(string pointer, string text)
    {
        var found = Pointer.Of(Root, Walk(pointer));
        Assert.Equal(pointer, found.ToString());
        Assert.Equal(text, found.ToText());
        Assert.Equal((found.Steps.Count, true), (found.Resolve(Root).Found, found.Resolve(Root).Node.Raw == Walk(pointer).Raw));
    }

    [Fact]
    public void Every_node_of_a_document_has_a_path_that_leads_to_it()
    {
        var seen = 0;
        Visit(Root);
        Assert.Equal(20, seen);

        void Visit(Node node)
        {
            seen++;
            Assert.True(Pointer.Of(Root, node).Resolve(Root).Node.Raw == node.Raw, node.ToString());
            foreach (var entry in node.Entries)
                Visit(entry.Value);
            foreach (var item in node.Items)
                Visit(item);
        }
    }

    [Fact]
    public void The_root_and_what_lies_elsewhere_are_the_root()
    {
        Assert.Equal("", Pointer.Of(Root, Root).ToString());
        Assert.Equal("", Pointer.Of(Root, Judge.Json("{'spec': 1}")["spec"u8]).ToString());
        Assert.Equal("", Pointer.Of(Root, default(Node)).ToString());
    }

    [Fact]
    public void Paths_begin_at_the_root_that_is_given()
    {
        var review = Judge.Json("{'request': {'uid': 'x', 'object': {'spec': {'host': 'api'}}}}");
        var inner = review["request"u8]["object"u8];
        Assert.Equal("/spec/host", Pointer.Of(inner, inner["spec"u8]["host"u8]).ToString());
        Assert.Equal("", Pointer.Of(inner, inner).ToString());
    }

    [Fact]
    public void What_is_missing_is_appended_with_its_escapes_undone()
    {
        var place = new Place(Root["metadata"u8], "labels/team.io~1name");
        Assert.Equal("/metadata/labels/team.io~1name", Pointer.Of(Root, place).ToString());
        Assert.Equal("metadata.labels[\"team.io/name\"]", Pointer.Of(Root, place).ToText());
    }

    [Fact]
    public void A_place_below_walks_what_is_there()
    {
        var pool = Judge.Json("{'connectionPool': {'http': null, 'tcp': {'maxConnections': 1}}}");
        Assert.Equal("http/maxRetries", Place.Below(pool, "connectionPool/http/maxRetries").Missing);
        Assert.Equal(pool["connectionPool"u8].ToString(), Place.Below(pool, "connectionPool/http/maxRetries").Node.ToString());
        Assert.Null(Place.Below(pool, "connectionPool/tcp/maxConnections").Missing);
        Assert.Equal("trafficPolicy/tls", Place.Below(pool, "trafficPolicy/tls").Missing);
    }

    [Fact]
    public void A_path_that_ends_early_says_how_far_it_came()
    {
        var (node, found) = new Pointer([new("spec", 0), new("http", 0), new(null, 7)]).Resolve(Root);
        Assert.Equal(2, found);
        Assert.True(node.IsArray);
    }

    [Fact]
    public void A_key_cannot_forge_a_line_or_a_path()
    {
        var root = Judge.Json("{'a\\\"]\\nspec.host': 1}");
        var text = Pointer.Of(root, root.Entries.Single().Value).ToText();
        Assert.Equal("[\"a\\\"] spec.host\"]", text);
    }

    private static Node Walk(string pointer)
    {
        var at = Root;
        foreach (var step in pointer.Split('/')[1..])
        {
            var key = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at.IsArray ? at.ItemAt(int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)) : at[key];
        }
        return at;
    }
}
