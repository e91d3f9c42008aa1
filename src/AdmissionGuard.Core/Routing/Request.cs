namespace AdmissionGuard.Core.Routing;

/// <summary>A request as routes tell it from others.</summary>
/// <param name="Values">By property, as in <see cref="Condition.Property"/>; what is not there the request does not have.</param>
internal sealed record Request(string Path, IReadOnlyDictionary<string, string> Values)
{
    public static IReadOnlyDictionary<string, string> NoValues { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string? ValueOf(string property) => Values.GetValueOrDefault(property);

    /// <summary><c>GET /cart without headers</c>.</summary>
    public override string ToString()
    {
        var rest = Values.Where(v => v.Key != ":method").Select(v => $"{v.Key} {v.Value}").Order(StringComparer.Ordinal).ToList();
        return $"{ValueOf(":method") ?? "GET"} {Path} {(rest.Count == 0 ? "without headers" : "with " + string.Join(", ", rest))}";
    }
}
