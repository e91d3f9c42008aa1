using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// To whom an object is exported: everybody, unless its <c>exportTo</c> says otherwise (docs/facts/istio.md#export-to). A mesh whose own default is
/// narrower makes this too wide.
/// </summary>
internal sealed class Visibility
{
    private readonly SortedSet<string> namespaces = new(StringComparer.Ordinal);

    public Visibility(Node exportTo, string @namespace)
    {
        IsPublic = exportTo.Count == 0;
        foreach (var item in exportTo.Items)
        {
            var name = item.Text;
            if (name == "*")
                IsPublic = true;
            else if (name is { Length: > 0 } and not "~")
                namespaces.Add(name == "." ? @namespace : name);
        }
        if (IsPublic)
            namespaces.Clear();
    }

    public bool IsPublic { get; }

    /// <summary>Those it is limited to, in the order of names; none where it is public.</summary>
    public IReadOnlyList<string> Namespaces => [.. namespaces];

    /// <param name="client">Null for a client of some namespace that nothing names.</param>
    public bool Reaches(string? client) => IsPublic || (client is not null && namespaces.Contains(client));

    public bool IsSameAs(Visibility other) => IsPublic == other.IsPublic && namespaces.SetEquals(other.namespaces);

    /// <summary>
    /// Whether one of two objects for a host is in the other's way. What is exported to a namespace alone goes before what is public, as its author
    /// means it
    /// (push_context.go, VirtualServicesForGateway), so only equals compete.
    /// </summary>
    public bool Competes(Visibility other) => IsPublic ? other.IsPublic : namespaces.Overlaps(other.namespaces);
}
