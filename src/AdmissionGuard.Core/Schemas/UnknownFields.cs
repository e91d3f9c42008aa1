using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Schemas;

/// <summary>A field that the definition of a kind does not have.</summary>
/// <param name="At">Its value, or its parent where the value is null.</param>
/// <param name="Name">As it is written.</param>
/// <param name="Parent">The path from <c>spec</c> to what holds it, without indexes: <c>spec.http.route</c>.</param>
/// <param name="Hint">What was probably meant, as <c>, did you mean …?</c>; empty where nothing is near.</param>
internal readonly record struct UnknownField(Place At, string Name, string Parent, string Hint);

/// <summary>Finds the fields that the API server drops (docs/facts/kubernetes-admission.md#fields-of-a-kind).</summary>
internal sealed class UnknownFields
{
    /// <summary>More of them say nothing new.</summary>
    private const int Most = 50;

    private readonly List<UnknownField> found = [];
    private readonly Dictionary<FieldShape, Nearest> names = [];
    private readonly List<(string Path, FieldShape Shape)> around = [];

    private UnknownFields() { }

    /// <param name="spec">The value that <paramref name="shape"/> is about.</param>
    /// <param name="path">What <paramref name="spec"/> is called: <c>spec</c>.</param>
    public static IReadOnlyList<UnknownField> Of(Node spec, FieldShape shape, string path)
    {
        var search = new UnknownFields();
        search.Walk(spec, shape, path);
        return search.found;
    }

    private void Walk(Node node, FieldShape shape, string path)
    {
        if (shape.Type == '[')
        {
            foreach (var item in node.Items)
                Walk(item, shape.Item!, path);
        }
        else if (shape.Type == '<')
        {
            foreach (var entry in node.Entries)
                Walk(new Node(entry.Value), shape.Item!, path);
        }
        else if (shape.Type == '{')
        {
            around.Add((path, shape));
            WalkFields(node, shape, path);
            around.RemoveAt(around.Count - 1);
        }
    }

    private void WalkFields(Node node, FieldShape shape, string path)
    {
        foreach (var entry in node.Entries)
        {
            if (found.Count == Most)
                return;
            var value = new Node(entry.Value);
            if (shape.Fields.TryGetValue(entry.Name, out var field))
                Walk(value, field, $"{path}.{entry.Name}");
            else
                found.Add(new UnknownField(value.Exists ? value : node, entry.Name, path, Hint(entry.Name, shape)));
        }
    }

    /// <summary>A field of a place further out is more probably one that stands too deep than a mistyped one.</summary>
    private string Hint(string name, FieldShape shape)
    {
        for (var i = around.Count - 2; i >= 0; i--)
        {
            if (around[i].Shape.Fields.ContainsKey(name))
                return $", it is one of {around[i].Path}";
        }
        if (!names.TryGetValue(shape, out var nearest))
            names[shape] = nearest = new Nearest(shape.Fields.Keys);
        return nearest.Hint(name);
    }
}
