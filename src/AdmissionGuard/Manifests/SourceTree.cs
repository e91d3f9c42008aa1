namespace AdmissionGuard.Manifests;

/// <summary>
/// The nodes of one document as they are written, in the order of the text: behind a container what it holds, of a map each key with its value behind
/// it. One tree serves both who reads the document and who repairs it: aliases need a node twice and merge keys need the whole map before the first
/// byte of JSON, a repair needs to know where what is written ends and in which style.
/// </summary>
internal sealed class SourceTree
{
    private readonly Stack<int> open = new();
    private SourceNode[] nodes;

    public SourceTree()
        : this(new SourceNode[256], 0) { }

    private SourceTree(SourceNode[] nodes, int count)
    {
        this.nodes = nodes;
        Count = count;
    }

    public ref readonly SourceNode this[int index] => ref nodes[index];

    public int Count { get; private set; }

    /// <summary>How many containers are open.</summary>
    public int Depth => open.Count;

    /// <summary>Whether its text was read as JSON, not as YAML in braces.</summary>
    public bool IsJson { get; init; }

    /// <summary>Where an alias leads, else the node itself.</summary>
    public int Resolve(int index) => nodes[index].Is == SourceNode.Shape.Alias ? nodes[index].Target : index;

    public void Clear()
    {
        Count = 0;
        open.Clear();
    }

    /// <summary>A node that holds no others.</summary>
    public void Add(in SourceNode node) => Put(node with { Next = Count + 1 });

    /// <summary>A node that holds all that are added until it is closed.</summary>
    public void Open(in SourceNode node)
    {
        open.Push(Count);
        Put(node);
    }

    /// <summary>Closes the innermost open container.</summary>
    /// <param name="end">Behind its bracket.</param>
    public void Close(Position end)
    {
        ref var node = ref nodes[open.Pop()];
        node = node with { Next = Count, End = end };
    }

    /// <summary>An alias stands for this node.</summary>
    public void Share(int index) => nodes[index] = nodes[index] with { Shared = true };

    /// <summary>A copy without spare room, which stays when this tree goes on to the next document.</summary>
    public SourceTree Copy() => new(nodes[..Count], Count) { IsJson = IsJson };

    private void Put(in SourceNode node)
    {
        if (Count == nodes.Length)
            Array.Resize(ref nodes, Count * 2);
        nodes[Count++] = node;
    }
}
