using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>What can be watched, and where the API server has it.</summary>
/// <param name="Name">In readiness and metrics: one of those that are defined, never what a user wrote.</param>
/// <param name="Versions">The newest first: an older installation serves only an older one, and all have the same meaning.</param>
/// <param name="Kind">Null for what is no object under review.</param>
internal sealed record WatchedKind(string Name, IReadOnlyList<Resource> Versions, ObjectKind? Kind = null)
{
    public static readonly WatchedKind Policies = Guard(PolicyReader.Kind, PolicyReader.Plural);
    public static readonly WatchedKind Exceptions = Guard(ExceptionReader.Kind, ExceptionReader.Plural);
    public static readonly WatchedKind Settings = Guard(SettingsReader.Kind, SettingsReader.Plural);
    public static readonly WatchedKind Namespaces = new("Namespace", [Resource.Namespaces]);

    /// <summary>Whatever the rules are; which other kinds are watched, they say.</summary>
    public static readonly IReadOnlyList<WatchedKind> Always = [Policies, Exceptions, Settings, Namespaces];

    public bool IsOurs => this == Policies || this == Exceptions || this == Settings;

    /// <exception cref="ArgumentException">A rule reads a kind whose versions are not written here: a law holds every rule to it.</exception>
    public static WatchedKind Of(ObjectKind kind) =>
        new(NameOf(kind), [.. VersionsOf(kind.Group).Select(v => new Resource(kind.Group, v, kind.Plural, kind.IsNamespaced))], kind);

    /// <summary>Two groups have a kind Gateway.</summary>
    private static string NameOf(ObjectKind kind) => kind == ObjectKind.IstioGateway ? "IstioGateway" : kind.Name;

    public bool Equals(WatchedKind? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    private static string[] VersionsOf(string group) =>
        group switch
        {
            "" => ["v1"],
            ApiGroups.Istio => ["v1", "v1beta1", "v1alpha3"],
            ApiGroups.Argo => ["v1alpha1"],
            ApiGroups.Autoscaling => ["v2", "v1"],
            ApiGroups.Flagger => ["v1beta1"],
            ApiGroups.Gateway => ["v1", "v1beta1"],
            ApiGroups.Smi => ["v1alpha4", "v1alpha3", "v1alpha2", "v1alpha1"],
            _ => throw new ArgumentException($"no version of {group} is known", nameof(group)),
        };

    private static WatchedKind Guard(string kind, string plural) =>
        new(kind, [new Resource(ApiGroups.Guard, PolicyReader.Version, plural, Namespaced: false)]);
}
