using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Routing;

/// <summary>How a condition compares a value with its own.</summary>
internal enum Comparison
{
    Exact,
    Prefix,
    Regex,

    /// <summary>Any value will do.</summary>
    Present,
}

/// <summary>One condition on a property of a request, the path aside.</summary>
/// <param name="Property"><c>header NAME</c> in lower case, <c>query NAME</c>, <c>:method</c>, or <c>caller …</c> for what only the proxy knows.</param>
/// <param name="Values">One of them must fit.</param>
internal sealed record Condition(string Property, Comparison How, IReadOnlyList<string> Values, bool IsNegated = false)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    /// <summary>Values that users send without choosing a version by them.</summary>
    private static readonly string[] Probes = ["", "1", "a", "true", "x-y", "Mozilla/5.0 (X11)", "0f3b6c1e-77aa", "*/*"];

    /// <summary>Whether somebody must mean it to fulfil it, such as the header of testers.</summary>
    public bool IsChosen =>
        !IsNegated
        && (Property.StartsWith("header ", StringComparison.Ordinal) || Property.StartsWith("query ", StringComparison.Ordinal))
        && !(Property is "header host" or "header user-agent")
        && !Property.StartsWith("header accept", StringComparison.Ordinal)
        && How != Comparison.Present
        && Values.All(v => v.Length > 0 && !(How == Comparison.Regex && Probes.All(p => IsRegex(v, p))));

    /// <summary>A regex that cannot be read, or takes too long, fits nothing.</summary>
    public static bool IsRegex(string regex, string value)
    {
        try
        {
            return Regex.IsMatch(value, $"^(?:{regex})$", RegexOptions.CultureInvariant, Longest);
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <param name="value">Null where the request has none.</param>
    public bool Fits(string? value)
    {
        if (How == Comparison.Present)
            return value is not null != IsNegated;
        if (value is null)
        {
            // Istio lets Envoy take a missing header for an empty one in withoutHeaders (route.go, translateHeaderMatch).
            if (!IsNegated)
                return false;
            value = "";
        }
        return Values.Any(v => Equal(v, value)) != IsNegated;
    }

    /// <summary>Values by which requests differ as to this condition.</summary>
    public IEnumerable<string> Samples() => How == Comparison.Present ? ["x"] : Values.SelectMany(v => SamplesOf(How, v));

    /// <summary>Texts that a string match takes, and its neighbours.</summary>
    public static IEnumerable<string> SamplesOf(Comparison how, string value)
    {
        if (how == Comparison.Regex)
            return Probes.Append(Written(value)).Where(p => IsRegex(value, p)).Take(2);
        return how == Comparison.Prefix ? [value, value + "x"] : [value];
    }

    public static (Comparison How, string Value)? Of(Node match)
    {
        if (match["exact"u8].Text is { } exact)
            return (Comparison.Exact, exact);
        if (match["prefix"u8].Text is { } prefix)
            return (Comparison.Prefix, prefix);
        return match["regex"u8].Text is { } regex ? (Comparison.Regex, regex) : null;
    }

    /// <summary>One text that a plain regex means: <c>/a/.*</c> is <c>/a/x</c>; of alternatives the first.</summary>
    public static string Written(string regex)
    {
        var text = Regex.Replace(regex.TrimStart('^').TrimEnd('$'), @"\(\?:|\[\^[^\]]*\][*+]?|\.[*+]\??", m => m.Value == "(?:" ? "(" : "x");
        text = Regex.Replace(text, @"(\\d|\[0-9\])[*+]?(\{\d+(,\d*)?\})?", "1");
        text = Regex.Replace(text, @"(\\w|\[a-z[^\]]*\])[*+]?", "a");
        text = Regex.Replace(text, @"\(([^()|]*)(\|[^()]*)?\)\??", "$1");
        return text.Split('|')[0].Replace("\\", "", StringComparison.Ordinal);
    }

    private bool Equal(string wanted, string value) =>
        How switch
        {
            Comparison.Exact => wanted == value,
            Comparison.Prefix => value.StartsWith(wanted, StringComparison.Ordinal),
            _ => IsRegex(wanted, value),
        };
}
