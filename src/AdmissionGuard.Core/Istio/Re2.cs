using System.Globalization;
using System.Text;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// Whether a regular expression is one of RE2, as Go's regexp/syntax with Perl's flags parses it, which is what Istio compiles: no lookaround, no
/// back references, at most 1000 repeats, at most 1024 characters. The names of Unicode classes longer than two letters are not checked.
/// </summary>
internal sealed partial class Re2
{
    private const int MostLength = 1024;
    private const int MostRepeats = 1000;

    private readonly string text;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private int at;
    private string? wrong;

    private Re2(string text) => this.text = text;

    /// <summary>Why RE2 cannot read it; null where it can.</summary>
    public static string? Wrong(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MostLength)
            return "it has more than 1024 characters";
        var re = new Re2(text);
        re.Alternatives(nested: false);
        return re.wrong;
    }

    private bool More => at < text.Length && wrong is null;

    private char Peek(int ahead = 0) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private void Fail(string why) => wrong ??= why;

    /// <summary>To the end, or to the parenthesis that closes the group.</summary>
    /// <returns>How many times the most repeated part of it is repeated.</returns>
    private long Alternatives(bool nested)
    {
        long most = 1;
        long last = 0;
        var repeated = false;
        while (More)
        {
            var c = Peek();
            if (c == ')')
            {
                if (!nested)
                    Fail("a closing parenthesis is too many");
                return most;
            }
            if (c == '|')
            {
                at++;
                (last, repeated) = (0, false);
            }
            else if (c is '*' or '+' or '?' || (c == '{' && IsCount()))
            {
                last = Repeat(last, repeated);
                repeated = true;
            }
            else
            {
                repeated = false;
                // Flags alone, such as (?i), leave what stands before them to be repeated.
                var size = Atom();
                last = size == 0 ? last : size;
            }
            most = Math.Max(most, last);
        }
        if (nested)
            Fail("a closing parenthesis is missing");
        return most;
    }

    private long Repeat(long operand, bool repeated)
    {
        var (least, most) = Peek() == '{' ? ReadCount()!.Value : Mark();
        if (Peek() == '?')
            at++;
        if (repeated)
            Fail("a repetition is repeated");
        else if (operand == 0)
            Fail("a repetition has nothing to repeat");
        if (least < 0 || least > MostRepeats || most > MostRepeats || (most >= 0 && least > most))
            Fail("a repetition has bounds that are not allowed (at most 1000, the lower first)");
        if (least < 2 && most < 2)
            return operand;
        var size = operand * (most < 0 ? least : most);
        if (size > MostRepeats)
            Fail("repetitions within each other are more than 1000");
        return size;
    }

    private bool IsCount()
    {
        var start = at;
        var isCount = ReadCount() is not null;
        at = start;
        return isCount;
    }

    private (long Least, long Most) Mark()
    {
        at++;
        return (0, 0);
    }

    /// <summary><c>{2}</c>, <c>{2,}</c>, <c>{2,3}</c>; null where the brace is a character like others.</summary>
    private (long Least, long Most)? ReadCount()
    {
        at++;
        if (Number() is not { } least)
            return null;
        var most = least;
        if (Peek() == ',')
        {
            at++;
            if (Peek() == '}')
                most = -1;
            else if (Number() is { } second)
                most = second;
            else
                return null;
        }
        if (Peek() != '}')
            return null;
        at++;
        return (least, most);
    }

    private long? Number()
    {
        var start = at;
        while (char.IsAsciiDigit(Peek()))
            at++;
        var digits = text[start..at];
        if (digits.Length == 0 || (digits.Length > 1 && digits[0] == '0'))
            return null;
        return digits.Length > 8 ? long.MaxValue : long.Parse(digits, CultureInfo.InvariantCulture);
    }

    /// <returns>How often its most repeated part is repeated; 0 where nothing can be repeated, as after flags.</returns>
    private long Atom()
    {
        switch (Peek())
        {
            case '(':
                return Group();
            case '[':
                Class();
                return 1;
            case '\\' when Peek(1) == 'Q':
                var end = text.IndexOf("\\E", at + 2, StringComparison.Ordinal);
                var isEmpty = end == at + 2 || at + 2 == text.Length;
                at = end < 0 ? text.Length : end + 2;
                return isEmpty ? 0 : 1;
            case '\\' when Peek(1) is 'A' or 'b' or 'B' or 'z':
                at += 2;
                return 1;
            case '\\':
                ClassEscapeOrCharacter();
                return 1;
            default:
                Character();
                return 1;
        }
    }

    private long Group()
    {
        at++;
        if (Peek() == '?' && !Flags())
            return 0;
        var size = Alternatives(nested: true);
        at++;
        return size;
    }

    /// <summary>What follows <c>(?</c>. False where it is refused, and where it is not a group but flags for the rest.</summary>
    private bool Flags()
    {
        at++;
        if (Peek() == 'P' && Peek(1) == '<')
            at++;
        if (Peek() == '<' && Peek(1) is not ('=' or '!'))
            return Named();
        var negative = false;
        var seen = false;
        for (; More; at++)
        {
            var c = Peek();
            if (c is 'i' or 'm' or 's' or 'U')
            {
                seen = true;
            }
            else if (c == '-' && !negative)
            {
                negative = true;
                seen = false;
            }
            else if (c is ':' or ')' && (!negative || seen))
            {
                at++;
                return c == ':';
            }
            else
            {
                break;
            }
        }
        Fail(Peek() is '=' or '!' or '<' ? "lookahead and lookbehind are not supported" : "the syntax after \"(?\" is not supported");
        return false;
    }

    private bool Named()
    {
        var end = text.IndexOf('>', at);
        var name = end < 0 ? "" : text[(at + 1)..end];
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !names.Add(name))
            Fail("the name of a group is not allowed, or is there twice");
        at = end < 0 ? text.Length : end + 1;
        return wrong is null;
    }
}
