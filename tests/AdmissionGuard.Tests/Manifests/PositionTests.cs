using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Manifests;

public sealed class PositionTests
{
    private const string Block = """
        # a comment
        kind: VirtualService
        spec:
          http:
          - name: "a	b"
            route:
            - destination: {host: api, subset: "canary"}
              weight: 100
            -
              weight: 0
          empty:
        """;

    [Theory]
    [InlineData("", "2:1")]
    [InlineData("kind", "2:1")]
    [InlineData("spec/http", "4:3")]
    [InlineData("spec/http/0", "5:5")]
    [InlineData("spec/http/0/name", "5:5")]
    [InlineData("spec/http/0/route/0", "7:7")]
    [InlineData("spec/http/0/route/0/destination/subset", "7:32")]
    [InlineData("spec/http/0/route/0/weight", "8:7")]
    [InlineData("spec/http/0/route/1", "10:7")]
    [InlineData("spec/http/0/route/1/weight", "10:7")]
    [InlineData("spec/http/0/route/1/destination/host", "10:7")]
    [InlineData("spec/http/0/retries", "5:5")]
    [InlineData("spec/http/7/route", "4:3")]
    [InlineData("spec/gateways", "3:1")]
    [InlineData("spec/empty", "11:3")]
    [InlineData("metadata/name", "2:1")]
    public void A_path_leads_to_its_key_or_item_and_a_missing_one_to_its_parent(string path, string place)
    {
        Assert.Equal(place, Reading.Place(Reading.Only(Block), path));
        Assert.Equal(place, Reading.Place(Reading.Only(Block.ReplaceLineEndings("\r\n")), path));
    }

    [Fact]
    public void The_value_has_a_place_of_its_own()
    {
        var document = Reading.Only(Block);
        Assert.Equal((4, 3), Pair(document.ValuePositionOf(Reading.At("spec"))));
        Assert.Equal((8, 15), Pair(document.ValuePositionOf(Reading.At("spec/http/0/route/0/weight"))));
        Assert.Equal((7, 20), Pair(document.ValuePositionOf(Reading.At("spec/http/0/route/0/destination"))));

        static (int, int) Pair(AdmissionGuard.Manifests.Position position) => (position.Line, position.Column);
    }

    [Theory]
    [InlineData("a", "1:2")]
    [InlineData("a/b", "2:3")]
    [InlineData("a/b/1", "2:14")]
    [InlineData("a/b/1/c", "2:15")]
    [InlineData("a/ü", "3:3")]
    [InlineData("a/x", "3:14")]
    [InlineData("a/none", "1:2")]
    public void JSON_has_places_too(string path, string place) =>
        Assert.Equal(place, Reading.Place(Reading.Only("{\"a\": {\n  \"b\" : [10, {\"c\": 1}],\n  \"ü\": \"é😀\",\"x\": 1}}"), path));

    [Fact]
    public void Lines_indented_no_deeper_than_their_parent_keep_their_place()
    {
        var document = Reading.Only("a:\n  b: {\n  c: 1, d: 2\n  }\n  e: \"f\n  g\"\n  h: 1\n");
        Assert.Equal("3:3 3:9 5:3 7:3", string.Join(' ', "a/b/c a/b/d a/e a/h".Split(' ').Select(p => Reading.Place(document, p))));
    }

    [Fact]
    public void Documents_keep_the_lines_of_their_file()
    {
        var (documents, _) = Reading.Of("kind: A\n---\n\nkind: B\nspec: 1\n--- # c\n{\"kind\": \"C\",\n\"spec\": 1}\n{\"spec\": 2}\n...\n");
        Assert.Equal(["5:1", "8:1", "9:2"], documents.Skip(1).Select(d => Reading.Place(d, "spec")));
    }

    [Fact]
    public void An_alias_stands_where_it_is_used_and_what_is_in_it_where_it_is_written()
    {
        var document = Reading.Only("a: &a\n  x: 1\nb: *a\nc:\n  <<: *a\n  z: 1\n");
        Assert.Equal("3:1", Reading.Place(document, "b"));
        Assert.Equal("2:3", Reading.Place(document, "b/x"));
        Assert.Equal("2:3", Reading.Place(document, "c/x"));
        Assert.Equal("6:3", Reading.Place(document, "c/z"));
    }

    [Fact]
    public void An_item_of_a_list_keeps_its_place_in_the_file()
    {
        var list = Reading.Only("apiVersion: v1\nkind: List\nitems:\n- kind: A\n  metadata: {name: a, namespace: ns}\n  spec:\n    weight: 1\n");
        Assert.True(list.IsList);
        var item = list.Item(list.Root["items"].Items.Select(i => i).Single());
        Assert.Equal(("A", "a", "ns"), (item.Kind, item.Name, item.Namespace));
        Assert.Equal("7:5", Reading.Place(item, "spec/weight"));
        Assert.Equal("6:3", Reading.Place(item, "spec/none"));
        Assert.Equal("4:3", Reading.Place(item, "none"));
        Assert.Equal("/spec/weight", Pointer.Of(item.Root, item.Root["spec"]["weight"]).ToString());
    }
}
