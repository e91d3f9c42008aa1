namespace AdmissionGuard.Core.Json;

/// <summary>
/// Finds the paths of many nodes of one document. Asked in the order of the document it goes on in each list where it stopped, so that a thousand
/// places
/// in a list of a thousand cost a thousand steps and not a million. Not for several threads.
/// </summary>
public sealed class PointerFinder(Node root)
{
    private readonly List<Frame> frames = [];

    /// <summary>As <see cref="Pointer.Of(Node, Node)"/>.</summary>
    public Pointer Of(Node node)
    {
        var target = node.OffsetIn(root);
        if (target < 0)
            return Pointer.Root;
        var steps = new List<Pointer.Step>();
        var at = root;
        for (var depth = 0; at.OffsetIn(root) != target; depth++)
        {
            if (depth == frames.Count)
                frames.Add(default);
            var frame = frames[depth];
            var found = at.IsArray ? FindItem(ref frame, at, target) : FindEntry(ref frame, at, target);
            frames[depth] = frame;
            if (!found)
                break;
            steps.Add(at.IsArray ? new Pointer.Step(null, frame.Index) : new Pointer.Step(frame.Key, 0));
            at = frame.Child;
        }
        return new Pointer(steps);
    }

    public Pointer Of(Place place)
    {
        var pointer = Of(place.Node);
        return place.Missing is null ? pointer : pointer.Below(place.Missing);
    }

    private bool FindItem(ref Frame frame, Node list, int target)
    {
        var begin = list.OffsetIn(root);
        if (frame.Items is null || frame.Begin != begin || frame.Child.OffsetIn(root) > target)
            frame = new Frame
            {
                Begin = begin,
                Items = list.Items.GetEnumerator(),
                Index = -1,
            };
        else if (Holds(frame.Child, target))
            return true;
        var items = frame.Items!.Value;
        var found = false;
        while (!found && items.MoveNext())
        {
            frame.Index++;
            frame.Child = items.Current;
            found = Holds(frame.Child, target);
        }
        frame.Items = found ? items : null;
        return found;
    }

    private bool FindEntry(ref Frame frame, Node map, int target)
    {
        foreach (var entry in map.Entries)
        {
            var child = entry.Value;
            if (!Holds(child, target))
                continue;
            frame = new Frame { Key = entry.Name, Child = child };
            return true;
        }
        return false;
    }

    private bool Holds(Node child, int target)
    {
        var begin = child.OffsetIn(root);
        return begin <= target && target < begin + child.Raw.Length;
    }

    private record struct Frame
    {
        public int Begin { get; set; }

        public NodeList.Enumerator? Items { get; set; }

        public int Index { get; set; }

        public string? Key { get; set; }

        public Node Child { get; set; }
    }
}
