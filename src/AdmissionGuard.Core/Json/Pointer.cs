using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>A path in a document: <see cref="ToString"/> is a JSON Pointer (RFC 6901), <see cref="ToText"/> is how people write it.</summary>
public sealed record Pointer(IReadOnlyList<Pointer.Step> Steps)
{
    /// <summary>A key of a map, or an index of a list where <see cref="Key"/> is null.</summary>
    public readonly record struct Step(string? Key, int Index)
    {
        public override string ToString() => Key ?? Index.ToString(CultureInfo.InvariantCulture);
    }

    public static Pointer Root { get; } = new([]);

    /// <summary>Keys written one after the other with <c>/</c> between them, <c>a.b~1c</c> for a key with a slash, as RFC 6901 has it.</summary>
    internal static string[] Keys(string path)
    {
        var keys = path.Split('/');
        if (!path.Contains('~', StringComparison.Ordinal))
            return keys;
        for (var i = 0; i < keys.Length; i++)
            keys[i] = keys[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return keys;
    }

    public Pointer Append(string key) => new([.. Steps, new Step(key, 0)]);

    /// <summary>
    /// The path of <paramref name="node"/> in the document <paramref name="root"/>, found by where its bytes lie; root itself where it lies
    /// elsewhere.
    /// </summary>
    public static Pointer Of(Node root, Node node) => new PointerFinder(root).Of(node);

    /// <summary>The path of a place: its node, then the keys that are missing below.</summary>
    public static Pointer Of(Node root, Place place) => new PointerFinder(root).Of(place);

    /// <summary>With keys behind it, written as <see cref="Place.Missing"/>.</summary>
    internal Pointer Below(string path) => new([.. Steps, .. Keys(path).Select(key => new Step(key, 0))]);

    /// <summary>The node at this path, or the nearest parent that exists, with how many steps were found.</summary>
    public (Node Node, int Found) Resolve(Node root)
    {
        var at = root;
        for (var i = 0; i < Steps.Count; i++)
        {
            var next = Next(at, Steps[i]);
            if (next.Kind == JsonValueKind.Undefined)
                return (at, i);
            at = next;
        }
        return (at, Steps.Count);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var step in Steps)
        {
            text.Append('/').Append(step.ToString().Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
        }
        return text.ToString();
    }

    /// <summary><c>spec.http[0].route[1].weight</c>; keys with other characters as <c>metadata.annotations["a.b/c"]</c>.</summary>
    public string ToText() => ToText(longestKey: int.MaxValue);

    /// <inheritdoc cref="ToText()"/>
    /// <param name="longestKey">In characters; what is longer is clipped.</param>
    public string ToText(int longestKey)
    {
        var text = new StringBuilder();
        foreach (var step in Steps)
        {
            if (step.Key is null)
                text.Append('[').Append(step.Index).Append(']');
            else if (step.Key.Length is 0 || step.Key.Length > longestKey || step.Key.Any(IsUnusual))
                text.Append('[').Append(Shown.Quote(Shown.Clip(step.Key, longestKey))).Append(']');
            else
                text.Append(text.Length == 0 ? "" : ".").Append(step.Key);
        }
        return text.ToString();
    }

    private static bool IsUnusual(char c) => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-');

    private static Node Next(Node at, Step step)
    {
        if (step.Key is { } key)
            return at[key];
        return step.Index < at.Count ? at.ItemAt(step.Index) : default;
    }
}
