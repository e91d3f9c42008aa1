using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>
/// From the root of a document to a map that is to be changed. What anchors, aliases and merge keys let other places share is not changed: nobody who
/// reads
/// the change would see it there.
/// </summary>
/// <param name="Map">Where the way ends.</param>
/// <param name="Key">The key that holds it; null for an item of a list and for the root.</param>
/// <param name="Parent">What holds it; null for the root.</param>
internal readonly record struct Way(LayoutNode Map, LayoutNode? Key, LayoutNode? Parent)
{
    /// <exception cref="UnwritableException">It leads through what is shared.</exception>
    public static Way To(Pointer path, LayoutNode root, ChunkText chunk)
    {
        RefuseShared(root, chunk);
        var way = new Way(root, null, null);
        foreach (var step in path.Steps)
        {
            way = Next(way.Map, step, chunk);
            RefuseShared(way.Map, chunk);
        }
        return way;
    }

    public static void RefuseShared(LayoutNode node, ChunkText chunk)
    {
        if (node.Is == SourceNode.Shape.Alias)
            throw new UnwritableException(
                $"*{node.Anchor} in line {chunk.LineInFile(node.Start)} stands for what other places share, write it by hand"
            );
        if (node.IsShared)
            throw new UnwritableException(
                $"what &{node.Anchor} in line {chunk.LineInFile(node.Start)} holds is used by *{node.Anchor} too, write it by hand"
            );
    }

    private static Way Next(LayoutNode parent, Pointer.Step step, ChunkText chunk)
    {
        if (step.Key is null)
            return new Way(parent.Children[step.Index], null, parent);
        var at = parent.IndexOf(step.Key);
        if (at >= 0)
            return new Way(parent.Children[at + 1], parent.Children[at], parent);
        var merge = parent.Children.FirstOrDefault(c => c.IsMerge) ?? parent;
        throw new UnwritableException($"{step.Key} comes from the merge key in line {chunk.LineInFile(merge.Start)}, write it by hand");
    }
}
