using System.Globalization;

namespace AdmissionGuard.Core.Istio;

/// <summary>Characters, classes of them and escapes.</summary>
internal sealed partial class Re2
{
    private static readonly string[] Categories =
    [
        .. "C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".Split(' '),
    ];

    private static readonly string[] Posix = [.. "alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit".Split(' ')];

    private void Character()
    {
        if (at < text.Length)
            at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
    }

    private void Class()
    {
        at++;
        if (Peek() == '^')
            at++;
        for (var first = true; wrong is null && (at >= text.Length || Peek() != ']' || first); first = false)
        {
            if (Peek() == '[' && Peek(1) == ':' && text.IndexOf(":]", at + 2, StringComparison.Ordinal) is var end and >= 0)
            {
                if (!Posix.Contains(text[(at + 2)..end].TrimStart('^'), StringComparer.Ordinal))
                    Fail("a class such as [:alpha:] is not known");
                at = end + 2;
                continue;
            }
            if (Peek() == '\\' && Peek(1) is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')
            {
                ClassEscapeOrCharacter();
                continue;
            }
            var low = ClassCharacter();
            if (Peek() != '-' || at + 1 >= text.Length || Peek(1) == ']')
                continue;
            at++;
            if (ClassCharacter() < low)
                Fail("a range of characters is the wrong way round");
        }
        at++;
    }

    private int ClassCharacter()
    {
        if (at >= text.Length)
        {
            Fail("a closing bracket is missing");
            return 0;
        }
        if (Peek() == '\\')
            return Escape();
        var value = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? char.ConvertToUtf32(text, at) : text[at];
        Character();
        return value;
    }

    private void ClassEscapeOrCharacter()
    {
        switch (Peek(1))
        {
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                at += 2;
                break;
            case 'p' or 'P':
                Unicode();
                break;
            default:
                Escape();
                break;
        }
    }

    private void Unicode()
    {
        at += 2;
        var name = Peek().ToString();
        if (Peek() == '{')
        {
            var end = text.IndexOf('}', at);
            name = end < 0 ? "" : text[(at + 1)..end].TrimStart('^');
            at = end < 0 ? text.Length : end;
        }
        at++;
        if (name.Length < 3 && !Categories.Contains(name, StringComparer.Ordinal))
            Fail("a class such as \\p{Greek} is not known");
    }

    /// <summary>The character that an escape means.</summary>
    private int Escape()
    {
        at++;
        if (at >= text.Length)
        {
            Fail("a backslash stands at the end");
            return 0;
        }
        var c = text[at++];
        switch (c)
        {
            case >= '1' and <= '7' when Peek() is < '0' or > '7':
                Fail("back references are not supported");
                return 0;
            case >= '0' and <= '7':
                var octal = c - '0';
                for (var i = 0; i < 2 && Peek() is >= '0' and <= '7'; i++)
                    octal = (octal * 8) + text[at++] - '0';
                return octal;
            case 'x':
                return Hexadecimal();
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                return "\a\f\n\r\t\v"["afnrtv".IndexOf(c, StringComparison.Ordinal)];
            default:
                if (c >= 0x80 || char.IsAsciiLetterOrDigit(c))
                    Fail($"the escape \"\\{c}\" is not supported");
                return c;
        }
    }

    private int Hexadecimal()
    {
        var end = Peek() == '{' ? text.IndexOf('}', at) : at + 2;
        var start = Peek() == '{' ? at + 1 : at;
        if (
            end < start
            || end > text.Length
            || !int.TryParse(text[start..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value is < 0 or > 0x10FFFF
        )
        {
            Fail("an escape such as \\x7F is not complete");
            return 0;
        }
        at = Peek() == '{' ? end + 1 : end;
        return value;
    }
}
