namespace AdmissionGuard.Core.Relations;

/// <summary>A request that somebody asks about.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Host">As a client writes it: <c>api</c>, <c>api.shop</c>, <c>shop.example.com</c>.</param>
/// <param name="Port">Null where the client names none.</param>
/// <param name="Headers">By name.</param>
/// <param name="Query">By name.</param>
/// <param name="FromNamespace">Of the client; null for some namespace.</param>
/// <param name="FromLabels">Of the client's pod.</param>
public sealed record RequestQuestion(
    string Method,
    string Host,
    long? Port,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Query,
    string? FromNamespace,
    IReadOnlyDictionary<string, string> FromLabels
);

/// <summary>A share of a route's requests.</summary>
/// <param name="Destination">Host, port and subset.</param>
/// <param name="Percent">0 to 100.</param>
public readonly record struct ExplainedShare(string Destination, double Percent);

/// <summary>Who takes a request.</summary>
/// <param name="Kind">Of the object; <c>Service</c> where no route has the host; empty where nobody takes the request.</param>
/// <param name="Route">The route's name; null where it has none.</param>
/// <param name="Title">The route's name or conditions, as texts call it; empty where no route takes the request.</param>
/// <param name="Tries">The first one and its retries.</param>
/// <param name="Timeout">Of all tries together; null where there is none.</param>
/// <param name="Answer">The status that the proxy answers with by itself; null where it forwards.</param>
public sealed record ExplainedTaker(
    string Kind,
    string Namespace,
    string Name,
    string? Route,
    string Title,
    IReadOnlyList<ExplainedShare> Shares,
    long Tries,
    TimeSpan? Timeout,
    long? Answer
);

/// <summary>A route that was tried before, and why it did not take the request.</summary>
public sealed record PassedRoute(string Kind, string Namespace, string Name, string? Route, string Title, string Because);

/// <summary>Who takes a request, and who took it before a change.</summary>
/// <param name="Where">The host as routes have it, and the proxy that decides.</param>
/// <param name="Before">Null where no earlier state is given.</param>
/// <param name="Passed">In the order in which they are tried, of the present state.</param>
public sealed record RequestExplanation(
    string Request,
    string Where,
    ExplainedTaker? Before,
    ExplainedTaker After,
    IReadOnlyList<PassedRoute> Passed
);
