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
        private NodeWalk walk;

        internal Enumerator(Node of) => walk = new NodeWalk(of);

        public readonly Node Current => walk.Current;

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => walk.MoveNext();

        public void Reset() => throw new NotSupportedException();

        public readonly void Dispose() { }
    }
}
