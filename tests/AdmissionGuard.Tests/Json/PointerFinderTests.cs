using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

public sealed class PointerFinderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(2026)]
    public void It_finds_every_node_in_whatever_order_it_is_asked(int seed)
    {
        var root = Judge.Json("{'a': [1, {'b': [[2], [3, {'c/d': null}], []]}, 'x'], 'e': {'f': {'g': [{'h': 1}, {'h': 1}]}}, '': [0]}");
        var nodes = new List<(Pointer Path, Node Node)>();
        Collect(root, Pointer.Root, nodes);
        var finder = new PointerFinder(root);
        foreach (var (path, node) in nodes)
            Assert.Equal(path.ToString(), finder.Of(node).ToString());
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var (path, node) = nodes[random.Next(nodes.Count)];
            Assert.Equal(path.ToString(), finder.Of(node).ToString());
        }
    }

    [Fact]
    public void What_lies_elsewhere_is_the_root() =>
        Assert.Equal("", new PointerFinder(Judge.Json("{'a': 1}")).Of(Judge.Json("{'a': 1}")["a"]).ToString());

    private static void Collect(Node node, Pointer at, List<(Pointer, Node)> nodes)
    {
        nodes.Add((at, node));
        foreach (var entry in node.Entries)
            Collect(entry.Value, at.Append(entry.Name), nodes);
        var index = 0;
        foreach (var item in node.Items)
            Collect(item, new Pointer([.. at.Steps, new Pointer.Step(null, index++)]), nodes);
    }
}
