using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.World;

/// <summary>How an object is about something else.</summary>
internal enum Mentioned
{
    /// <summary>It names another object.</summary>
    Object,

    /// <summary>
    /// It says what a host is, or how its traffic goes: a VirtualService that routes it, a DestinationRule for it, a ServiceEntry that defines it.
    /// </summary>
    HostClaimed,

    /// <summary>It is for a host that a wildcard covers.</summary>
    HostClaimedUnder,

    /// <summary>It sends traffic to a host.</summary>
    HostAddressed,

    /// <summary>It sends traffic to a subset of a host.</summary>
    SubsetAddressed,
}

/// <summary>What one object says of another or of a host: by it the other one finds it, whatever the size of the cluster.</summary>
internal readonly record struct Mention(Mentioned How, ObjectKind? Kind, string Namespace, string Name)
{
    /// <summary>Whether it claims a wildcard.</summary>
    public bool IsWildcard => How == Mentioned.HostClaimed && Name.StartsWith('*');

    public static Mention Of(ObjectKey key) => new(Mentioned.Object, key.Kind, key.Namespace, key.Name);

    /// <param name="host">Qualified; a wildcard as it is written.</param>
    public static Mention Claim(string host) => new(Mentioned.HostClaimed, null, "", host);

    /// <param name="pattern">A wildcard that covers the host.</param>
    public static Mention ClaimUnder(string pattern) => new(Mentioned.HostClaimedUnder, null, "", pattern);

    /// <summary>It lets others refer to what is in its namespace.</summary>
    public static Mention Grant(string @namespace) => new(Mentioned.Object, ObjectKind.ReferenceGrant, @namespace, "*");

    /// <param name="host">Qualified.</param>
    public static Mention Address(string host) => new(Mentioned.HostAddressed, null, "", host);

    /// <param name="host">Qualified.</param>
    /// <param name="subset">Stands where an object has its namespace: a host has none.</param>
    public static Mention Address(string host, string subset) => new(Mentioned.SubsetAddressed, null, subset, host);
}
