using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;

namespace AdmissionGuard.Tests.Manifests.Repairs;

public sealed class FileRepairTests
{
    [Fact]
    public void A_file_that_is_another_than_was_read_is_left_alone()
    {
        var repair = Adding("a: 1\n", "/b", "2");
        var e = Assert.Throws<UnrepairedException>(() => FileRepair.Of("f", Encoding.UTF8.GetBytes("a: 3\n"), [repair]));
        Assert.Equal("changed since it was read, nothing is repaired in it", e.Message);
    }

    [Fact]
    public void A_broken_document_costs_its_neighbour_nothing()
    {
        const string Text = "a: {\n---\nb: 1\n";
        Assert.Equal("a: {\n---\nb: 1\nc: 2\n", Write(Text, "/c", "2"));
    }

    /// <summary>Both stand between the same two separators: the first is read before the parser finds the fault of the second.</summary>
    [Theory]
    [InlineData("a: 1\n...\nb: *none\n", "a: 1\nc: 2\n...\nb: *none\n")]
    [InlineData("a: 1\n...\nb: [\n", "a: 1\nc: 2\n...\nb: [\n")]
    [InlineData("{\"a\":1}\n{\"b\":\n", "{\"a\":1,\"c\":2}\n{\"b\":\n")]
    public void A_document_is_repaired_before_a_broken_one_without_a_separator(string from, string to) => Assert.Equal(to, Write(from, "/c", "2"));

    /// <summary>Otherwise a check without repairs would pay for them.</summary>
    [Theory]
    [InlineData("a: [1]\n")]
    [InlineData("{\"a\":[1]}")]
    public void Only_a_reader_that_is_told_to_keeps_how_a_document_is_written(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Null(Assert.Single(new YamlReader().Read("f", bytes).Documents).Tree);
        Assert.Equal(4, Assert.Single(new YamlReader(keepsTrees: true).Read("f", bytes).Documents).Tree!.Count);
    }

    [Fact]
    public void Line_ends_that_are_rare_are_refused()
    {
        var bytes = Encoding.UTF8.GetBytes("a: x # why\u2028\nb: {c: 1}\n");
        var (result, unwritten) = FileRepair.Of("f", bytes, [Adding(Encoding.UTF8.GetString(bytes), "/d", "2")]);
        Assert.Equal(bytes, result.ToArray());
        Assert.Contains("lines that end neither with LF nor with CRLF", Assert.Single(unwritten).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Patches_that_go_on_from_one_another_become_one_addition()
    {
        var document = Read("a: {}\n");
        var patch = new List<Edit.Addition>();
        var root = document.Root;
        foreach (var (path, json) in new[] { ("/a/b", "{\"c\":{\"d\":1}}"), ("/a/b/e", "2"), ("/a/b/c/f", "3"), ("/a/g", "4") })
        {
            patch.Add(Addition(root, path, json));
            root = Edit.Apply(root, [patch[^1]]);
        }
        var repair = Repair.Of(document, patch);
        Assert.Equal([("/a/b", "{\"c\":{\"d\":1,\"f\":3},\"e\":2}"), ("/a/g", "4")], repair.Additions.Select(a => (a.Path.ToString(), a.Json)));
    }

    private static string Write(string text, string path, string json) =>
        Encoding.UTF8.GetString(FileRepair.Of("f", Encoding.UTF8.GetBytes(text), [Adding(text, path, json)]).Bytes.Span);

    private static Repair Adding(string text, string path, string json)
    {
        var document = Read(text);
        return Repair.Of(document, [Addition(document.Root, path, json)]);
    }

    private static Document Read(string text) => Assert.Single(new YamlReader().Read("f", Encoding.UTF8.GetBytes(text)).Documents);

    private static Edit.Addition Addition(Node root, string path, string json)
    {
        var pointer = new Pointer([.. path[1..].Split('/').Select(k => new Pointer.Step(k, 0))]);
        var (map, found) = pointer.Resolve(root);
        Assert.Equal(pointer.Steps.Count - 1, found);
        return new Edit.Addition(map, pointer.Steps[^1].Key!, json, pointer);
    }
}
