using System.Collections;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>The items of a list; nothing where the node is not a list. Walking it allocates nothing.</summary>
public readonly struct NodeList : IEnumerable<Node>
{
    private readonly JsonElement list;

    internal NodeList(JsonElement list) => this.list = list;

    public Enumerator GetEnumerator() => new(list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default);

    IEnumerator<Node> IEnumerable<Node>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public struct Enumerator : IEnumerator<Node>
    {
        private JsonElement.ArrayEnumerator items;

        internal Enumerator(JsonElement.ArrayEnumerator items) => this.items = items;

        public readonly Node Current => new(items.Current);

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => items.MoveNext();

        public void Reset() => items.Reset();

        public void Dispose() => items.Dispose();
    }
}
