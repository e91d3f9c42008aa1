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
        private readonly Node list;

        internal Enumerator(Node list) => this.list = list;

        public Node Current { get; private set; }

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            Current = Current.Kind == System.Text.Json.JsonValueKind.Undefined ? list.FirstBelow() : Current.NextWithin(list);
            return Current.Kind != System.Text.Json.JsonValueKind.Undefined;
        }

        public void Reset() => Current = default;

        public readonly void Dispose() { }
    }
}
