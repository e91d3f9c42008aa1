using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace AdmissionGuard.Manifests;

/// <summary>
/// What a scalar means to kubectl, which reads YAML with sigs.k8s.io/yaml: mostly YAML 1.1, without its base 60. Facts: resolve.go and decode.go
/// of go-yaml v2, and kubectl 1.32 itself (<c>kubectl label --local -o json</c>).
/// </summary>
internal readonly record struct YamlScalar(YamlScalar.Type Is, string Text, double Real = 0)
{
    internal enum Type : byte
    {
        Text,
        Null,
        Bool,
        Integer,

        /// <summary>From 2^63 to 2^64-1: an integer to YAML, a float to the API server.</summary>
        LargeInteger,
        Float,
    }

    private const string Core = "tag:yaml.org,2002:";
    private static readonly SearchValues<char> Beginnings = SearchValues.Create("yYnNtTfFoO~+-.0123456789");

    /// <summary>Throws <see cref="FormatException"/>, with the reason, where tag and text do not fit.</summary>
    public static YamlScalar Read(string text, string? tag, bool plain)
    {
        if (tag is null)
            return plain ? Resolve(text) : new YamlScalar(Type.Text, text);
        if (!tag.StartsWith(Core, StringComparison.Ordinal))
            return new YamlScalar(Type.Text, text);
        var wanted = tag.AsSpan(Core.Length);
        if (wanted is "binary")
            return new YamlScalar(Type.Text, Decode(text));
        if (wanted is "timestamp")
            return Timestamp(text);
        if (wanted is not ("null" or "bool" or "int" or "float"))
            return new YamlScalar(Type.Text, text);
        var read = Resolve(text);
        var fits = wanted switch
        {
            "null" => read.Is == Type.Null,
            "bool" => read.Is == Type.Bool,
            "int" => read.Is is Type.Integer or Type.LargeInteger,
            _ => read.Is is Type.Float or Type.Integer,
        };
        return fits ? read : throw new FormatException($"\"{Shorten(text)}\" does not fit its tag !!{wanted}");
    }

    /// <summary>The text of this scalar as the key of a map.</summary>
    public string Key =>
        Is switch
        {
            Type.Null => throw new FormatException("null cannot be a key, quote it if a text is meant"),
            Type.LargeInteger => throw new FormatException($"{Text} is too large to be a key, quote it"),
            Type.Float => GoNumber.Key(Real),
            _ => Text,
        };

    /// <summary>For a message, which is one line.</summary>
    public static string Shorten(string text) => (text.Length <= 60 ? text : text[..60] + "…").ReplaceLineEndings("\\n");

    private static YamlScalar Resolve(string text)
    {
        if (text.Length == 0)
            return new YamlScalar(Type.Null, "null");
        if (!Beginnings.Contains(text[0]))
            return new YamlScalar(Type.Text, text);
        switch (text)
        {
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return new YamlScalar(Type.Bool, "true");
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return new YamlScalar(Type.Bool, "false");
            case "~" or "null" or "Null" or "NULL":
                return new YamlScalar(Type.Null, "null");
            case ".nan" or ".NaN" or ".NAN":
                return new YamlScalar(Type.Float, text, double.NaN);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return new YamlScalar(Type.Float, text, double.PositiveInfinity);
            case "-.inf" or "-.Inf" or "-.INF":
                return new YamlScalar(Type.Float, text, double.NegativeInfinity);
        }
        return text[0] is '+' or '-' or '.' || char.IsAsciiDigit(text[0]) ? Number(text) : new YamlScalar(Type.Text, text);
    }

    private static YamlScalar Number(string text)
    {
        var digits = text;
        if (text.Contains('_', StringComparison.Ordinal))
        {
            if (text[0] == '.' && !SeparatesDigits(text))
                return new YamlScalar(Type.Text, text);
            digits = text.Replace("_", "", StringComparison.Ordinal);
        }
        if (text[0] != '.' && Integer(digits) is { } integer)
        {
            if (integer >= long.MinValue && integer <= long.MaxValue)
                return new YamlScalar(Type.Integer, integer.ToString(CultureInfo.InvariantCulture));
            if (integer > 0 && integer <= ulong.MaxValue)
                return new YamlScalar(Type.LargeInteger, text, (double)(ulong)integer);
        }
        if (IsFloat(digits) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
        {
            return new YamlScalar(Type.Float, text, real);
        }
        return new YamlScalar(Type.Text, text);
    }

    /// <summary>Go is strict about underscores only where the number begins with its point.</summary>
    private static bool SeparatesDigits(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && !(char.IsAsciiDigit(text[i - 1]) && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1])))
                return false;
        }
        return true;
    }

    /// <summary>A sign, then decimal, 0x, 0o, 0b or a bare 0 before octal digits; null where it is none, or too long for any.</summary>
    private static BigInteger? Integer(ReadOnlySpan<char> text)
    {
        var negative = text[0] == '-';
        if (text[0] is '+' or '-')
            text = text[1..];
        if (text.Length is 0 or > 66)
            return null;
        var radix = 10;
        if (text.Length > 1 && text[0] == '0')
        {
            radix = (text[1] | 0x20) switch
            {
                'x' => 16,
                'o' => 8,
                'b' => 2,
                _ => 0,
            };
            text = radix == 0 ? text[1..] : text[2..];
            if (radix == 0)
                radix = 8;
            if (text.Length == 0)
                return null;
        }
        if (radix == 10 && text.Length < 19 && !text.ContainsAnyExceptInRange('0', '9'))
        {
            var small = long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            return negative ? -small : small;
        }
        BigInteger value = 0;
        foreach (var c in text)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix)
                return null;
            value = (value * radix) + digit;
        }
        return negative ? -value : value;
    }

    /// <summary>Digits with at most one point, then at most one exponent: no hexadecimal floats, no words.</summary>
    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        if (text[0] is '+' or '-')
            text = text[1..];
        var e = text.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            var exponent = text[(e + 1)..];
            if (exponent.Length > 0 && exponent[0] is '+' or '-')
                exponent = exponent[1..];
            if (exponent.Length == 0 || exponent.ContainsAnyExceptInRange('0', '9'))
                return false;
            text = text[..e];
        }
        var point = text.IndexOf('.');
        var fraction = point < 0 ? default : text[(point + 1)..];
        var whole = point < 0 ? text : text[..point];
        return whole.Length + fraction.Length > 0 && !whole.ContainsAnyExceptInRange('0', '9') && !fraction.ContainsAnyExceptInRange('0', '9');
    }

    private static string Decode(string base64)
    {
        var bytes = new byte[(base64.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
            : throw new FormatException("the value of !!binary is no base64");
    }

    private static YamlScalar Timestamp(string text) =>
        text.Length >= 8 && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0 && text[4] == '-'
            ? new YamlScalar(Type.Text, text)
            : throw new FormatException($"\"{Shorten(text)}\" does not fit its tag !!timestamp");
}
