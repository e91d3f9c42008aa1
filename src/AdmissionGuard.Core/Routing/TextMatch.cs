using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>How a text is compared.</summary>
internal enum Comparison
{
    Exact,
    Prefix,
    Regex,
}

/// <summary>
/// What a text must be: a StringMatch of Istio, or a value of the Gateway API. A regex is RE2's over the whole text
/// (docs/facts/istio.md#validation-regex): it takes the time of the text, and one that cannot be read fits nothing.
/// </summary>
internal sealed class TextMatch(Comparison how, string value)
{
    /// <summary>Values that users send without choosing a version by them.</summary>
    private static readonly string[] Probes = ["1", "a", "true", "x-y", "Mozilla/5.0 (X11)", "0f3b6c1e-77aa", "*/*"];

    private static readonly string[] Numbers = ["10", "42", "1234567", "1000000005"];

    private const RegexOptions Plain = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private Regex? compiled;
    private bool isUnreadable;

    public Comparison How { get; } = how;

    public string Value { get; } = value;

    /// <summary>Stands for a text that a regex takes where none is found: a pattern is a condition, whatever can be guessed of it.</summary>
    private string? Symbol => How == Comparison.Regex ? Value.TrimStart('^').TrimEnd('$') : null;

    /// <summary>Paths that a regex takes, two at most.</summary>
    public IEnumerable<string> Paths() => new[] { Written(Value), "/", "/x", "/x/y", Symbol ?? "" }.Where(p => p.StartsWith('/') && Fits(p)).Take(2);

    /// <summary>A regex over the whole of every path.</summary>
    public bool IsEveryPath => How == Comparison.Regex && Istio.MatchSet.MatchesEveryPath(Value);

    /// <summary>Somebody must mean it to send it: not empty, and no regex that takes whatever users send anyway.</summary>
    public bool IsChosen => Value.Length > 0 && !(How == Comparison.Regex && Array.TrueForAll(Probes, p => Fits(p)));

    /// <summary>
    /// No text stands in it that somebody must mean: a prefix of one letter, or a regex of classes that takes what some users send anyway.
    /// </summary>
    public bool IsVague =>
        How switch
        {
            Comparison.Prefix => Value.Length == 1,
            Comparison.Regex => !HasWord(Value) && (Array.Exists(Probes, p => Fits(p)) || Array.Exists(Numbers, p => Fits(p))),
            _ => false,
        };

    public bool Fits(string text, bool ignoresCase = false)
    {
        var comparison = ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return How switch
        {
            Comparison.Exact => string.Equals(text, Value, comparison),
            Comparison.Prefix => text.StartsWith(Value, comparison),
            _ => Compiled()?.IsMatch(text) == true || (text == Symbol && compiled is not null),
        };
    }

    /// <summary>Texts that it takes, and for a prefix one that goes on behind it.</summary>
    public IEnumerable<string> Samples()
    {
        if (How == Comparison.Regex)
            return Probes.Append(Written(Value)).Append("").Append(Symbol ?? "").Where(p => Fits(p)).Take(2);
        return How == Comparison.Prefix ? [Value, Value + "x"] : [Value];
    }

    /// <summary>Null where nothing is said, which any text fits.</summary>
    public static TextMatch? Of(Node match)
    {
        if (match["exact"u8].Text is { } exact)
            return new TextMatch(Comparison.Exact, exact);
        if (match["prefix"u8].Text is { } prefix)
            return new TextMatch(Comparison.Prefix, prefix);
        return match["regex"u8].Text is { } regex ? new TextMatch(Comparison.Regex, regex) : null;
    }

    /// <summary>One text that a plain regex means: <c>/a/.*</c> is <c>/a/x</c>; of alternatives the first.</summary>
    public static string Written(string regex)
    {
        var text = Regex.Replace(
            regex.TrimStart('^').TrimEnd('$'),
            @"\(\?:|\(\?i\)|\[\^[^\]]*\][*+]?|\.[*+]\??",
            m =>
                m.Value switch
                {
                    "(?:" => "(",
                    "(?i)" => "",
                    _ => "x",
                },
            Plain
        );
        text = Regex.Replace(text, @"(\\d|\[0-9\])[*+]?(\{\d+(,\d*)?\})?", "1", Plain);
        text = Regex.Replace(text, @"(\\w|\[a-z[^\]]*\])[*+]?", "a", Plain);
        text = Regex.Replace(text, @"\[(?<one>[^\]\\^])[^\]]*\][*+]?(\{\d+(,\d*)?\})?", "${one}", Plain);
        text = Regex.Replace(text, @"(?<one>\w)\?", "${one}", Plain);
        text = Regex.Replace(text, @"\((?<one>[^()|]*)(\|[^()]*)?\)\??", "${one}", Plain);
        return text.Split('|')[0].Replace("\\", "", StringComparison.Ordinal);
    }

    /// <summary>Two letters or digits in a row that are no class, escape or quantifier.</summary>
    private static bool HasWord(string regex) =>
        Regex.IsMatch(Regex.Replace(regex, @"\[pPxXQEdDwWsSbBAz]|\.|\[[^\]]*\]|\{[^}]*\}|\(\?[^:)]*:?", " ", Plain), "[A-Za-z0-9]{2}", Plain);

    private Regex? Compiled()
    {
        if (compiled is null && !isUnreadable)
        {
            compiled = Read($@"^(?:{Value.Replace("(?P<", "(?<", StringComparison.Ordinal)})\z");
            isUnreadable = compiled is null;
        }
        return compiled;
    }

    private static Regex? Read(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
