using System.Globalization;

namespace AdmissionGuard.Manifests;

/// <summary>Floating point numbers written as Go writes them, for that is what the API server gets from kubectl.</summary>
internal static class GoNumber
{
    /// <summary>As encoding/json writes a float64: plain from 1e-6 up to 1e21, else with an exponent.</summary>
    public static string Json(double value)
    {
        var (negative, digits, exponent) = Shortest(value.ToString("R", CultureInfo.InvariantCulture));
        if (digits == "0")
            return "0"; // kubectl reads its own -0 as the integer 0
        var text = exponent is < -6 or >= 21 ? Scientific(digits, exponent, leastDigits: 1) : Plain(digits, exponent);
        return negative ? "-" + text : text;
    }

    /// <summary>As sigs.k8s.io/yaml writes a float as a key: in single precision, with an exponent beyond six digits.</summary>
    public static string Key(double value)
    {
        var single = (float)value;
        if (float.IsNaN(single))
            return ".nan";
        if (float.IsInfinity(single))
            return single > 0 ? ".inf" : "-.inf";
        var (negative, digits, exponent) = Shortest(single.ToString("R", CultureInfo.InvariantCulture));
        if (digits == "0")
            return negative ? "-0" : "0";
        var text = exponent is < -4 or >= 6 ? Scientific(digits, exponent, leastDigits: 2) : Plain(digits, exponent);
        return negative ? "-" + text : text;
    }

    /// <summary>The fewest digits that give the number back, without point, and the power of ten of the first of them.</summary>
    private static (bool Negative, string Digits, int Exponent) Shortest(string roundTrip)
    {
        var negative = roundTrip[0] == '-';
        var mantissa = roundTrip.AsSpan(negative ? 1 : 0);
        var power = 0;
        var e = mantissa.IndexOf('E');
        if (e >= 0)
        {
            power = int.Parse(mantissa[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = mantissa[..e];
        }
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa.Length : point;
        var digits = mantissa.ToString().Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        if (significant.Length == 0)
            return (negative, "0", 0);
        return (negative, significant.TrimEnd('0'), power + whole - 1 - (digits.Length - significant.Length));
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1)
            return digits + new string('0', exponent + 1 - digits.Length);
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static string Scientific(string digits, int exponent, int leastDigits)
    {
        var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        var sign = exponent < 0 ? "-" : "+";
        return $"{mantissa}e{sign}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).PadLeft(leastDigits, '0')}";
    }
}
