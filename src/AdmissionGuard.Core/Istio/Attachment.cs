using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What a VirtualService is attached to: the proxies of the mesh unless it says otherwise, and gateways (docs/facts/istio.md#gateways,
/// docs/facts/istio.md#delegates).
/// </summary>
internal sealed class Attachment
{
    /// <summary>All sidecars, where it stands among <c>gateways</c>.</summary>
    public const string Mesh = "mesh";

    private readonly Node spec;
    private readonly string @namespace;
    private Audience? audience;
    private HashSet<string>? gateways;

    /// <summary>Of an object under review: its reader remembers what has the wrong type.</summary>
    public Attachment(KubeObject of)
        : this(of.Spec, of.Namespace, of.Read) { }

    /// <summary>Of an object that is only looked up.</summary>
    public Attachment(Node spec, string @namespace)
        : this(spec, @namespace, new Reader()) { }

    private Attachment(Node spec, string @namespace, Reader read)
    {
        this.spec = spec;
        this.@namespace = @namespace;
        IsDelegate = spec["hosts"u8].Count == 0;
        Names = NamesIn(spec["gateways"u8], @namespace, read);
        IncludesMesh = !IsDelegate && Names.Contains(Mesh, StringComparer.Ordinal);
    }

    /// <summary>Without hosts: it is read only through the roots that name it.</summary>
    public bool IsDelegate { get; }

    /// <summary>Whether the sidecars of its clients follow it.</summary>
    public bool IncludesMesh { get; }

    /// <summary>Each as <c>namespace/name</c>.</summary>
    public IReadOnlySet<string> Gateways => gateways ??= Names.Where(n => n != Mesh).ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Each as <c>namespace/name</c>, or <c>mesh</c>, which is also what none named means; what cannot be read is left out.
    /// </summary>
    public IReadOnlyList<string> Names { get; }

    public Audience Audience => audience ??= new Audience(spec["exportTo"u8], @namespace);

    /// <summary>
    /// Whose requests it routes, as far as it tells: its own namespace's, those of the namespaces of its gateways, whose proxies usually stand beside
    /// them, and (null) those of any other.
    /// </summary>
    public IEnumerable<string?> Clients =>
        [
            @namespace,
            .. Gateways
                .Select(g => g[..g.IndexOf('/', StringComparison.Ordinal)])
                .Distinct(StringComparer.Ordinal)
                .Where(n => n != @namespace)
                .Take(10),
            null,
        ];

    /// <summary>Whether it routes requests of a client of this namespace.</summary>
    public bool Serves(string? client) => IncludesMesh ? Audience.Reaches(client) : Clients.Contains(client, StringComparer.Ordinal);

    /// <summary>Gateways that an entry of conditions names, as <see cref="Names"/>.</summary>
    public static IReadOnlyList<string> NamesIn(Node list, string @namespace) => NamesIn(list, @namespace, new Reader());

    private static List<string> NamesIn(Node list, string @namespace, Reader read)
    {
        if (list.Count == 0)
            return list.Exists && !list.IsArray ? [] : [Mesh];
        var names = new List<string>(list.Count);
        foreach (var item in list.Items)
        {
            if (read.Text(item) is { Length: > 0 } name)
                names.Add(name == Mesh || name.Contains('/', StringComparison.Ordinal) ? name : $"{@namespace}/{name}");
        }
        return names;
    }
}
