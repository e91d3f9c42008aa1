using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>Where a VirtualService holds (facts 2.1): none named means <c>mesh</c>, all sidecars; a name without a namespace is of its own.</summary>
internal readonly struct BoundGateways(Subject of)
{
    /// <summary>All sidecars.</summary>
    public const string Mesh = "mesh";

    public bool IncludeMesh => Names.Contains(Mesh, StringComparer.Ordinal);

    public bool IncludeOthers => Names.Any(n => n != Mesh);

    /// <summary>Each as <c>namespace/name</c>, or <c>mesh</c>; what cannot be read is left out.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var list = of.Spec["gateways"u8];
            if (list.Count == 0) return list.Exists && !list.IsArray ? [] : [Mesh];
            var names = new List<string>(list.Count);
            foreach (var item in of.Read.Items(list))
            {
                if (of.Read.Text(new Node(item)) is not { Length: > 0 } name) continue;
                names.Add(name == Mesh || name.Contains('/', StringComparison.Ordinal) ? name : $"{of.Namespace}/{name}");
            }
            return names;
        }
    }
}
