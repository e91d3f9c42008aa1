using System.Security.Cryptography;
using System.Text;

namespace AdmissionGuard.Certificates;

/// <summary>
/// What the API server shows by the path that it calls: random bits that only the Secret and our own webhook configurations hold. They are compared
/// in constant time, and stand in no log, no metric and no message.
/// </summary>
internal sealed class PathTokens
{
    private const int Bits = 128;

    private volatile byte[][] valid = [];

    /// <summary>In hexadecimal digits.</summary>
    public static string Make() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bits / 8));

    public static bool IsToken(string? text) => text is { Length: Bits / 4 } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Instead of those before.</summary>
    public void Accept(IEnumerable<string?> tokens) => valid = [.. tokens.Where(IsToken).Select(t => Encoding.ASCII.GetBytes(t!))];

    public bool Holds(ReadOnlySpan<char> given)
    {
        if (given.Length != Bits / 4)
            return false;
        Span<byte> bytes = stackalloc byte[Bits / 4];
        if (Encoding.ASCII.GetBytes(given, bytes) != bytes.Length)
            return false;
        var holds = false;
        foreach (var token in valid)
            holds |= CryptographicOperations.FixedTimeEquals(token, bytes);
        return holds;
    }

    public override string ToString() => "tokens";
}
