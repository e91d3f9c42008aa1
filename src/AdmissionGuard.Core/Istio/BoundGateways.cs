using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Where a VirtualService holds (docs/facts/istio.md#gateways): none named means <c>mesh</c>, all sidecars; a name without a namespace is of its own.
/// </summary>
/// <param name="read">Remembers what has the wrong type; null for objects that are only looked up.</param>
internal readonly struct BoundGateways(Node spec, string @namespace, Reader? read = null)
{
    /// <summary>All sidecars.</summary>
    public const string Mesh = "mesh";

    public BoundGateways(KubeObject of)
        : this(of.Spec, of.Namespace, of.Read) { }

    public bool IncludeMesh => Names.Contains(Mesh, StringComparer.Ordinal);

    public bool IncludeOthers => Names.Any(n => n != Mesh);

    /// <summary>Each as <c>namespace/name</c>, or <c>mesh</c>; what cannot be read is left out.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var list = spec["gateways"u8];
            if (list.Count == 0)
                return list.Exists && !list.IsArray ? [] : [Mesh];
            var names = new List<string>(list.Count);
            foreach (var item in list.Items)
            {
                var node = item;
                if ((read is null ? node.Text : read.Text(node)) is not { Length: > 0 } name)
                    continue;
                names.Add(name == Mesh || name.Contains('/', StringComparison.Ordinal) ? name : $"{@namespace}/{name}");
            }
            return names;
        }
    }
}
