namespace AdmissionGuard.Core.Json;

/// <summary>Steps through what lies directly below a list or map; nothing below anything else.</summary>
internal struct NodeWalk
{
    private readonly JsonTree? tree;
    private readonly int end;
    private int row;
    private int next;

    public NodeWalk(Node of)
    {
        (tree, row, end) = of.Below();
        next = row;
    }

    public readonly Node Current => new(tree!, row);

    public bool MoveNext()
    {
        if (next >= end)
            return false;
        Visits.One();
        row = next;
        next = tree![row].Next;
        return true;
    }
}
