using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>
/// Reads typed values and remembers what had the wrong type: such a value reads as unknown, and the review says so.
/// The rule that needed a value first is named with it.
/// </summary>
public sealed class Reader
{
    /// <summary>More of them say nothing new, and each is compared with all before.</summary>
    private const int Most = 100;

    private List<WrongType>? wrong;

    /// <summary>Whose need is recorded; set by whoever runs the rules.</summary>
    public string Rule { get; set; } = "";

    public IReadOnlyList<WrongType> Wrong => wrong ?? (IReadOnlyList<WrongType>)[];

    /// <summary>A whole number; <c>5.0</c> is one, as the API server reads it.</summary>
    public long? Integer(Node node)
    {
        if (!node.Exists)
            return null;
        if (node.Kind == JsonValueKind.Number)
        {
            if (node.TryGetInt64(out var value))
                return value;
            if (node.TryGetDouble(out var real) && Math.Abs(real) < 1e15 && Math.Floor(real) == real)
                return (long)real;
        }
        return Refuse<long?>(node, "a whole number");
    }

    /// <summary>Any number, such as a share in percent.</summary>
    public double? Number(Node node)
    {
        if (node.Kind == JsonValueKind.Number && node.TryGetDouble(out var value))
            return value;
        if (node.Exists)
            return Refuse<double?>(node, "a number");
        return null;
    }

    /// <summary>A Kubernetes quantity, as a text (<c>500m</c>) or a number.</summary>
    public double? Quantity(Node node)
    {
        if (!node.Exists)
            return null;
        if (node.Kind == JsonValueKind.Number && node.TryGetDouble(out var number) && double.IsFinite(number))
            return number;
        return node.Text is { } text && Quantities.TryParse(text, out var value) ? value : Refuse<double?>(node, "a quantity such as 1 or 500m");
    }

    public bool? Boolean(Node node) =>
        node.Kind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => node.Exists ? Refuse<bool?>(node, "true or false") : null,
        };

    public string? Text(Node node)
    {
        if (node.Kind == JsonValueKind.String)
            return node.Text;
        if (node.Exists)
            return Refuse<string?>(node, "a text");
        return null;
    }

    /// <summary>A duration as Go writes it: <c>1.5s</c>, <c>1h30m</c>, <c>300ms</c>.</summary>
    public TimeSpan? Duration(Node node)
    {
        if (!node.Exists)
            return null;
        if (node.TryCopyText(stackalloc char[32], out var plain) && Durations.TryParse(plain, out var usual))
            return usual;
        return node.Text is { } text && Durations.TryParse(text, out var duration) ? duration : Refuse<TimeSpan?>(node, "a duration such as 30s");
    }

    /// <summary>The items of a list, each with its place in it.</summary>
    public NodeList Items(Node node)
    {
        if (node.Exists && !node.IsArray)
            Refuse<bool>(node, "a list");
        return node.Items;
    }

    /// <summary>The node itself if it is a map; the absent node otherwise.</summary>
    public Node Map(Node node) => !node.Exists || node.IsObject ? node : Refuse<Node>(node, "a map");

    public T? Refuse<T>(Node node, string expected)
    {
        wrong ??= [];
        if (wrong.Count == Most)
            return default;
        foreach (var earlier in wrong)
        {
            if (earlier.Node.Raw == node.Raw)
                return default;
        }
        wrong.Add(new WrongType(Rule, node, expected));
        return default;
    }
}

/// <summary>A value that a rule needed and could not read.</summary>
public readonly record struct WrongType(string Rule, Node Node, string Expected)
{
    public string Message => $"{Shown.Value(Node)} where {Expected} is expected";
}
