using System.Buffers;

namespace AdmissionGuard.Core.Istio;

/// <summary>Names and values of headers as Istio's validation and Envoy read them (istio/istio 1.32, pkg/config/validation/validation.go).</summary>
internal static class HeaderFormat
{
    private const string ClaimPrefix = "@request.auth.claims";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    );

    private static readonly string[] Pseudo = [":method", ":scheme", ":authority", ":path", ":status"];

    /// <summary>The name of a header, by the characters that HTTP allows.</summary>
    public static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>What a match may name: a header, a pseudo header, a claim of a token.</summary>
    public static bool IsMatchable(string name) => IsClaim(name) || Pseudo.Contains(name, StringComparer.Ordinal) || IsName(name);

    /// <summary>Whether it is a claim of a token, which only gateways can route by: <c>@request.auth.claims.group</c>.</summary>
    public static bool IsClaim(string name)
    {
        if (!name.StartsWith(ClaimPrefix, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = name.AsSpan(ClaimPrefix.Length);
        return rest.Length > 1 && (rest[0] == '.' || (rest.Length > 2 && rest[0] == '[' && rest[^1] == ']'));
    }

    public static bool IsAuthority(string name) => Same(name, ":authority") || Same(name, "host");

    /// <summary>Why a header cannot be changed; null where it can. Requests may have their authority changed.</summary>
    public static string? WrongOperation(string name, bool authorityAllowed)
    {
        if (name.Length == 0)
            return "the name of a header is empty";
        if (authorityAllowed && IsAuthority(name))
            return null;
        if (Same(name, "host"))
            return "the header Host cannot be changed here";
        return name[0] == ':' ? $"{Refusals.Word(name)} begins with \":\", which headers of HTTP itself do" : null;
    }

    /// <summary>Whether Envoy can read a value, which may hold commands such as <c>%HOSTNAME%</c>; a percent sign is written <c>%%</c>.</summary>
    public static bool IsValue(string value)
    {
        if (value.Any(c => (c < ' ' && c != '\t') || c == '\x7f'))
            return false;
        var state = State.Literal;
        for (var at = 0; at < value.Length; at++)
        {
            var more = at + 1 < value.Length;
            switch (state)
            {
                case State.Literal when value[at] == '%':
                    if (!more)
                        return false;
                    if (value[at + 1] == '%')
                        at++;
                    else
                        state = State.Name;
                    break;
                case State.Text when value[at] == '\\':
                    if (!more)
                        return false;
                    at++;
                    break;
                default:
                    if (Next(state, value[at]) is not { } next)
                        return false;
                    state = next;
                    break;
            }
        }
        return state == State.Literal;
    }

    private enum State
    {
        Literal,
        Name,
        List,
        Quote,
        Text,
        Comma,
        Close,
        Percent,
    }

    /// <summary>Null where the character cannot stand there.</summary>
    private static State? Next(State state, char c) =>
        (state, c) switch
        {
            (State.Literal, _) => State.Literal,
            (State.Name, '%') => State.Literal,
            (State.Name, '(') => State.List,
            (State.Name, _) => State.Name,
            (State.List, '[') => State.Quote,
            (State.List, ' ') => State.List,
            (State.List, _) => State.Text,
            (State.Quote, '"') => State.Text,
            (State.Text, ')') => State.Percent,
            (State.Text, '"') => State.Comma,
            (State.Text, _) => State.Text,
            (State.Comma, ',') => State.Quote,
            (State.Comma, ']') => State.Close,
            (State.Close, ')') => State.Percent,
            (State.Percent, '%') => State.Literal,
            (_, ' ') => state,
            _ => null,
        };

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
