using System.Collections;

namespace AdmissionGuard.Core.Json;

/// <summary>The entries of a map; nothing where the node is not a map. Walking it allocates nothing.</summary>
public readonly struct NodeMap : IEnumerable<NodeMap.Entry>
{
    private readonly Node map;

    internal NodeMap(Node map) => this.map = map;

    /// <summary>A key with its value, which may be null.</summary>
    public readonly record struct Entry(Node Value)
    {
        /// <summary>A string of its own at each call.</summary>
        public string Name => Value.Name;

        /// <summary>The bytes of the key, without its quotes; escapes as they are written.</summary>
        public ReadOnlySpan<byte> RawName => Value.RawName;

        public void WriteTo(System.Text.Json.Utf8JsonWriter json)
        {
            json.WritePropertyName(Name);
            Value.WriteTo(json);
        }

        public bool NameIs(ReadOnlySpan<byte> name) => JsonText.Is(RawName, name);
    }

    public Enumerator GetEnumerator() => new(map.IsObject ? map : default);

    IEnumerator<Entry> IEnumerable<Entry>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public struct Enumerator : IEnumerator<Entry>
    {
        private NodeWalk walk;

        internal Enumerator(Node of) => walk = new NodeWalk(of);

        public readonly Entry Current => new(walk.Current);

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => walk.MoveNext();

        public void Reset() => throw new NotSupportedException();

        public readonly void Dispose() { }
    }
}
