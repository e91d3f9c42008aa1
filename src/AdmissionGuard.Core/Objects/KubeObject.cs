using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Objects;

/// <summary>An object as its readers get it: its typed values, and the names in it, each made once.</summary>
public class KubeObject
{
    private PointerFinder? paths;
    private Dictionary<string, string>? hosts;
    private HashSet<string>? qualifiedHosts;

    public KubeObject(ObjectKey key, Node root, GuardSettings settings)
    {
        Key = key;
        Root = root;
        Settings = settings;
        Spec = Read.Map(root["spec"u8]);
    }

    public ObjectKey Key { get; }

    public ObjectKind Kind => Key.Kind;

    public string Namespace => Key.Namespace;

    public string Name => Key.Name;

    public Node Root { get; }

    public Node Spec { get; }

    public GuardSettings Settings { get; }

    public Reader Read { get; } = new();

    /// <summary>Where its nodes are.</summary>
    public PointerFinder Paths => paths ??= new PointerFinder(Root);

    /// <summary>Of <c>spec.hosts</c>, by their full names.</summary>
    internal IReadOnlySet<string> Hosts => qualifiedHosts ??= Spec["hosts"u8].Items.Select(h => Qualified(h)).ToHashSet(StringComparer.Ordinal);

    /// <summary>A host of its own namespace by its full name; one that stands in many routes is made once. Empty where it cannot be read.</summary>
    internal string Qualified(Node host)
    {
        if (!host.TryCopyText(stackalloc char[256], out var plain))
            return MeshHost.Qualify(Read.Text(host) ?? "", Namespace, Settings.ClusterDomain);
        var known = (hosts ??= new(StringComparer.Ordinal)).GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(plain, out var qualified))
            known[plain] = qualified = MeshHost.Qualify(plain.ToString(), Namespace, Settings.ClusterDomain);
        return qualified;
    }
}
