using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What a VirtualService is attached to: the proxies of the mesh unless it says otherwise, and gateways (docs/facts/istio.md#gateways,
/// docs/facts/istio.md#delegates).
/// </summary>
internal sealed class Attachment
{
    private readonly HashSet<string> gateways = new(StringComparer.Ordinal);
    private readonly string @namespace;

    public Attachment(Node spec, string @namespace)
    {
        this.@namespace = @namespace;
        IsDelegate = spec["hosts"u8].Count == 0;
        foreach (var name in new BoundGateways(spec, @namespace).Names)
        {
            if (name == BoundGateways.Mesh)
                IncludesMesh = !IsDelegate;
            else
                gateways.Add(name);
        }
        Visibility = new Visibility(spec["exportTo"u8], @namespace);
    }

    /// <summary>Without hosts: it is read only through the roots that name it.</summary>
    public bool IsDelegate { get; }

    public bool IncludesMesh { get; }

    /// <summary>Each as <c>namespace/name</c>.</summary>
    public IReadOnlySet<string> Gateways => gateways;

    public Visibility Visibility { get; }

    /// <summary>
    /// Whose requests it routes, as far as it tells: its own namespace's, those of the namespaces of its gateways, whose proxies usually stand beside
    /// them, and
    /// (null) those of any other.
    /// </summary>
    public IEnumerable<string?> Clients =>
        [
            @namespace,
            .. gateways
                .Select(g => g[..g.IndexOf('/', StringComparison.Ordinal)])
                .Distinct(StringComparer.Ordinal)
                .Where(n => n != @namespace)
                .Take(10),
            null,
        ];

    /// <summary>Whether it routes requests of a client of this namespace.</summary>
    public bool Serves(string? client) => IncludesMesh ? Visibility.Reaches(client) : Clients.Contains(client, StringComparer.Ordinal);
}
