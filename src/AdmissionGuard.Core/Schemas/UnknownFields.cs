using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Schemas;

/// <summary>A field that the definition of a kind does not have.</summary>
/// <param name="At">Its value.</param>
/// <param name="Name">As it is written.</param>
/// <param name="Parent">The path to what holds it, without indexes: <c>spec.http.route</c>; empty for the object itself.</param>
/// <param name="Hint">What was probably meant, as <c>, did you mean …?</c>; empty where nothing is near.</param>
internal readonly record struct UnknownField(Node At, string Name, string Parent, string Hint)
{
    /// <summary>Parent and name.</summary>
    public string Path => Parent.Length == 0 ? Name : $"{Parent}.{Name}";
}

/// <summary>
/// Finds the fields that the API server drops (docs/facts/kubernetes-admission.md#fields-of-a-kind). A field that is null sets nothing; a name that
/// begins with $ is an instruction of a kustomize patch.
/// </summary>
internal sealed class UnknownFields
{
    /// <summary>More of them say nothing new.</summary>
    private const int Most = 50;

    /// <summary>Maps from one place to the field that was meant, such as connectionPool.tcp.maxConnections; a deeper one is another thing.</summary>
    private const int Deepest = 3;

    /// <summary>Letters of a name that is near to many: tcp to http.</summary>
    private const int TooShort = 3;

    private readonly List<UnknownField> found = [];
    private readonly Dictionary<(string, FieldShape), string> hints = [];

    /// <summary>From the outermost map to the innermost: what each is called in the one around it, and what it may hold.</summary>
    private readonly List<(string Name, FieldShape Shape)> around = [];

    private UnknownFields() { }

    /// <param name="node">The value that <paramref name="shape"/> is about.</param>
    /// <param name="path">What <paramref name="node"/> is called: <c>spec</c>; empty for an object.</param>
    public static IReadOnlyList<UnknownField> Of(Node node, FieldShape shape, string path)
    {
        var search = new UnknownFields();
        search.Walk(node, shape, path);
        return search.found;
    }

    private void Walk(Node node, FieldShape shape, string name)
    {
        if (shape.Type == '[')
        {
            foreach (var item in node.Items)
                Walk(item, shape.Item!, name);
        }
        else if (shape.Type is '<' or '{')
        {
            around.Add((name, shape));
            if (shape.Type == '{')
                WalkFields(node, shape);
            else
                WalkValues(node, shape.Item!);
            around.RemoveAt(around.Count - 1);
        }
    }

    /// <summary>Of a map with free keys; single values have nothing below.</summary>
    private void WalkValues(Node node, FieldShape value)
    {
        if (value.Type is not ('<' or '{' or '['))
            return;
        foreach (var entry in node.Entries)
            Walk(entry.Value, value, entry.Name);
    }

    private void WalkFields(Node node, FieldShape shape)
    {
        foreach (var entry in node.Entries)
        {
            if (found.Count == Most)
                return;
            var value = entry.Value;
            if (shape.Names.TryFind(entry, out var field))
                Walk(value, field.Value, field.Name);
            else if (value.Exists && entry.Name is var name && !name.StartsWith('$'))
                found.Add(new UnknownField(value, name, Path(around.Count - 1), Hint(name, shape)));
        }
    }

    private string Path(int last) =>
        string.Join('.', around.Take(last + 1).Select(a => Shown.Clip(a.Name, Shown.WordLength)).Where(n => n.Length > 0));

    private string Hint(string name, FieldShape shape)
    {
        if (!hints.TryGetValue((name, shape), out var hint))
            hints[(name, shape)] = hint = Search(name, shape);
        return hint;
    }

    /// <summary>
    /// Another case, else a field of this very name that stands elsewhere, below or further out; else the name that is nearest.
    /// </summary>
    private string Search(string name, FieldShape shape)
    {
        if (shape.Fields.Keys.FirstOrDefault(f => f.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } same)
            return $", did you mean {same}?";
        // Metadata and spec of the object itself are not meant further in.
        for (var i = around.Count - 1; i >= 0 && around[i].Name.Length > 0; i--)
        {
            if (Elsewhere(name, around[i].Shape) is { } path)
                return $", did you mean {Join(Path(i), path)}?";
        }
        if (around.Count == 1 && shape.Fields.TryGetValue("spec", out var spec) && Elsewhere(name, spec) is { } inSpec)
            return $", did you mean spec.{inSpec}?";
        return name.Length > TooShort ? Nearest.Hint(name, shape.Fields.Keys) : "";
    }

    /// <summary>
    /// The one place below that has such a field: of several, the one that the others repeat further down, as every port's policy repeats the policy
    /// of all; null where they are different things.
    /// </summary>
    private static string? Elsewhere(string name, FieldShape below)
    {
        var paths = new List<string>();
        Collect(below, "", name, paths);
        var shortest = paths.MinBy(p => p.Length);
        if (shortest is null || shortest.Count('.') >= Deepest)
            return null;
        return paths.All(p => p == shortest || p.EndsWith($".{shortest}", StringComparison.Ordinal)) ? shortest : null;
    }

    private static void Collect(FieldShape shape, string path, string name, List<string> paths)
    {
        var inner = shape;
        while (inner.Type == '[')
            inner = inner.Item!;
        foreach (var (key, field) in inner.Fields)
        {
            if (key == name)
                paths.Add(Join(path, key));
            else
                Collect(field, Join(path, key), name, paths);
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
