using System.Net;
using System.Net.Sockets;

namespace AdmissionGuard.Server;

/// <summary>What is known of who asks.</summary>
internal enum Proof
{
    /// <summary>Nobody asks for a proof, because nobody but the owner of this machine is expected.</summary>
    NotAsked,

    /// <summary>A proof is asked for, and it brought none.</summary>
    None,

    /// <summary>It is the API server.</summary>
    ApiServer,
}

/// <summary>Who asks.</summary>
/// <param name="Address">What is counted as one place; the longest prefix that one machine may choose from.</param>
internal readonly record struct Caller(Proof Proof, IPAddress Address)
{
    /// <summary>It may read all that a verdict says, and its reviews leave traces.</summary>
    public bool IsTrusted => Proof != Proof.None;

    /// <summary>An IPv6 network of 64 bits is one place, because a single machine has all of its addresses.</summary>
    public static IPAddress PlaceOf(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
