namespace AdmissionGuard.Core.Routing;

/// <summary>One condition on a property of a request, the path aside.</summary>
/// <param name="Property">
/// <c>header NAME</c> in lower case, <c>query NAME</c>, or what every request has: <c>:method</c>, <c>:authority</c>, <c>:scheme</c>.
/// </param>
/// <param name="Match">Null where any value will do.</param>
internal sealed record Condition(string Property, TextMatch? Match, bool IsNegated = false)
{
    private const string HeaderWord = "header ";

    private bool? isChosen;

    /// <summary>Whether somebody must mean it to fulfil it, such as the header of testers.</summary>
    public bool IsChosen => isChosen ??= !IsNegated && IsOfUsers && Match is { IsChosen: true, IsVague: false };

    /// <summary>Whether it takes some of what users send anyway, nobody can tell how much: a regex of digits, a prefix of one letter.</summary>
    public bool IsVague => !IsNegated && IsOfUsers && Match is { IsChosen: true, IsVague: true };

    /// <summary>Every request has it, and says nothing of who sent it.</summary>
    public static bool IsOfEveryRequest(string property) => property.StartsWith(':');

    /// <summary>The property of an entry of <c>headers</c>: Envoy keeps method and host there too.</summary>
    public static string OfHeader(string name) => name.StartsWith(':') ? name.ToLowerInvariant() : HeaderWord + name.ToLowerInvariant();

    /// <summary>The property of an entry of <c>queryParams</c>.</summary>
    public static string OfQuery(string name) => "query " + name;

    private bool IsOfUsers =>
        !IsOfEveryRequest(Property)
        && !(Property.StartsWith(HeaderWord, StringComparison.Ordinal) && OrdinaryHeaders.Send(Property[HeaderWord.Length..], Match));

    /// <param name="value">Null where the request has none.</param>
    public bool Fits(string? value)
    {
        if (Match is null)
            return value is not null != IsNegated;
        if (value is null && !IsNegated)
            return false;
        // Istio lets Envoy take a missing header for an empty one in withoutHeaders (route.go, translateHeaderMatch).
        return Match.Fits(value ?? "") != IsNegated;
    }

    /// <summary>Values by which requests differ as to this condition.</summary>
    public IEnumerable<string> Samples() => Match?.Samples() ?? ["x"];
}
