using System.Collections;

namespace AdmissionGuard.Core.Json;

/// <summary>The items of a list; nothing where the node is not a list. Walking it allocates nothing.</summary>
public readonly struct NodeList : IEnumerable<Node>
{
    private readonly Node list;

    internal NodeList(Node list) => this.list = list;

    public Enumerator GetEnumerator() => new(list.IsArray ? list : default);

    IEnumerator<Node> IEnumerable<Node>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public struct Enumerator : IEnumerator<Node>
    {
        private readonly JsonTree? tree;
        private readonly int end;
        private int row;
        private int next;

        internal Enumerator(Node of)
        {
            (tree, row, end) = of.Below();
            next = row;
        }

        public readonly Node Current => new(tree!, row);

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            if (next >= end)
                return false;
            Visits.One();
            row = next;
            next = tree![row].Next;
            return true;
        }

        public void Reset() => throw new NotSupportedException();

        public readonly void Dispose() { }
    }
}
