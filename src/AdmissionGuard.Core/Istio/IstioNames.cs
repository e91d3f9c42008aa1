using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Names, hosts and addresses as Istio's validation reads them (istio/istio 1.32, pkg/config/labels/instance.go,
/// pkg/config/validation/agent/validation.go).
/// </summary>
internal static class IstioNames
{
    private const string Alphanumerics = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static readonly SearchValues<char> OfLabels = SearchValues.Create($"{Alphanumerics}-");
    private static readonly SearchValues<char> OfQualifiedNames = SearchValues.Create($"{Alphanumerics}-_.");

    private const int LongestLabel = 63;
    private const int LongestDomain = 255;
    private const int LongestPrefix = 253;

    /// <summary>A DNS label; capitals are allowed, as Istio does.</summary>
    public static bool IsLabel(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= LongestLabel && IsAlphanumeric(text[0]) && IsAlphanumeric(text[^1]) && !text.ContainsAnyExcept(OfLabels);

    /// <summary>A DNS label, <c>*</c>, or a label behind <c>*</c> or <c>*-</c>.</summary>
    private static bool IsWildcardLabel(ReadOnlySpan<char> text)
    {
        if (text is "*" || IsLabel(text))
            return true;
        if (text.Length is 0 or > LongestLabel || text[0] != '*')
            return false;
        var rest = text[1..];
        return IsLabel(rest) || (rest.StartsWith('-') && IsLabel(rest[1..]));
    }

    /// <summary>Why it is not a host, which may begin with a wildcard; null where it is one.</summary>
    public static string? WrongHost(string host)
    {
        if (WrongLength(host) is { } length)
            return length;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? host : host.AsSpan(0, dot);
        if (!IsWildcardLabel(first))
            return WrongLabel(first);
        return dot < 0 ? null : WrongLabels(host.AsSpan(dot + 1));
    }

    /// <summary>Why it is not a host by its full name; null where it is one.</summary>
    public static string? WrongName(string host) => WrongLength(host) ?? WrongLabels(host);

    /// <summary>
    /// As <see cref="WrongHost"/>, at a gateway: where the object has SNI hosts, a name that Istio makes, <c>outbound_.80_._.api.example</c>, is one
    /// too.
    /// </summary>
    public static string? WrongGatewayHost(string host, bool sni)
    {
        if (!sni || !host.StartsWith("outbound_", StringComparison.Ordinal) || WrongLength(host) is not null)
            return WrongHost(host);
        var parts = host.Split('_');
        return parts.Length >= 4 && parts[1].Any(char.IsAsciiDigit) && parts[3].Any(char.IsAsciiLetter)
            ? null
            : "it does not follow outbound_.PORT_._.HOST";
    }

    private static string? WrongLength(string host)
    {
        if (host.Length == 0)
            return "it is empty";
        return Encoding.UTF8.GetByteCount(host) > LongestDomain ? "it has more than 255 characters" : null;
    }

    private static string? WrongLabels(ReadOnlySpan<char> domain)
    {
        var last = domain[(domain.LastIndexOf('.') + 1)..];
        if (int.TryParse(last, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return $"its last part is the number {Refusals.Word(last.ToString())}";
        if (domain.EndsWith('.'))
            domain = domain[..^1];
        else if (domain.IsEmpty)
            return null;
        foreach (var range in domain.Split('.'))
        {
            if (!IsLabel(domain[range]))
                return WrongLabel(domain[range]);
        }
        return null;
    }

    private static string WrongLabel(ReadOnlySpan<char> part) =>
        part.Length == 0
            ? "it has an empty part"
            : $"its part {Refusals.Word(part.ToString())} is not a DNS label (letters, digits and \"-\" within, at most 63)";

    /// <summary>The key of a label of Kubernetes, with a prefix or without.</summary>
    public static bool IsTagKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key.AsSpan(slash + 1);
        if (name.Length is 0 or > LongestLabel || !IsQualified(name))
            return false;
        return slash < 0 || (slash <= LongestPrefix && key[..slash].Split('.').All(p => IsLabelOfAnyLength(p)));
    }

    public static bool IsTagValue(string value) => value.Length == 0 || IsQualified(value);

    private static bool IsQualified(ReadOnlySpan<char> text) =>
        IsAlphanumeric(text[0]) && IsAlphanumeric(text[^1]) && !text.ContainsAnyExcept(OfQualifiedNames);

    private static bool IsLabelOfAnyLength(string text) =>
        text.Length > 0 && IsAlphanumeric(text[0]) && IsAlphanumeric(text[^1]) && !text.AsSpan().ContainsAnyExcept(OfLabels);

    /// <summary>An IPv4 or IPv6 address as Go reads it: four plain numbers, or colons with a zone at most.</summary>
    public static bool IsAddress(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return text[0] != '[' && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => IsPlainNumber(p, 255));
    }

    /// <summary>An address, or one with the length of its prefix.</summary>
    public static bool IsSubnet(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return IsAddress(text);
        var address = text[..slash];
        var most = address.Contains(':', StringComparison.Ordinal) ? 128 : 32;
        return IsAddress(address) && !address.Contains('%', StringComparison.Ordinal) && IsPlainNumber(text[(slash + 1)..], most);
    }

    private static bool IsPlainNumber(string text, int most) =>
        text.Length is > 0 and <= 3
        && text.All(char.IsAsciiDigit)
        && (text.Length == 1 || text[0] != '0')
        && int.Parse(text, CultureInfo.InvariantCulture) <= most;

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterOrDigit(c);

    /// <summary>Whether a host covers all of another; compared as written.</summary>
    public static bool Covers(string wide, string narrow)
    {
        if (!wide.StartsWith('*'))
            return wide == narrow;
        return (!narrow.StartsWith('*') || narrow.Length >= wide.Length) && narrow.EndsWith(wide[1..], StringComparison.Ordinal);
    }
}
