using System.Buffers;
using System.Globalization;

namespace AdmissionGuard.Core.Json;

/// <summary>
/// Kubernetes' quantities: <c>500m</c>, <c>1</c>, <c>1.5k</c>, <c>2Ki</c>, <c>1e3</c> (apimachinery, pkg/api/resource/quantity.go).
/// </summary>
public static class Quantities
{
    /// <summary>Larger ones are cut down to it, as the API server does.</summary>
    private const double Most = long.MaxValue;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.+-");

    private const string Binary = "KMGTPE";

    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        var end = text.IndexOfAnyExcept(NumberCharacters);
        if (end < 0)
            end = text.Length;
        if (
            !double.TryParse(
                text[..end],
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
            return false;
        if (Scale(text[end..]) is not { } scale)
            return false;
        value = Math.Clamp(number * scale, -Most, Most);
        return true;
    }

    private static double? Scale(ReadOnlySpan<char> suffix)
    {
        if (suffix.Length == 2 && suffix[1] == 'i' && Binary.IndexOf(suffix[0], StringComparison.Ordinal) is >= 0 and var power)
            return Math.Pow(1024, power + 1);
        if (suffix.Length > 1 && suffix[0] is 'e' or 'E')
        {
            return int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                ? Math.Pow(10, Math.Clamp(exponent, -300, 300))
                : null;
        }
        return suffix switch
        {
            "" => 1,
            "n" => 1e-9,
            "u" => 1e-6,
            "m" => 1e-3,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            "P" => 1e15,
            "E" => 1e18,
            _ => null,
        };
    }
}
