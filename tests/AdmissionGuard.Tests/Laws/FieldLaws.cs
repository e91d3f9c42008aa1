using System.Text;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Schemas;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Laws;

/// <summary>What we write for users is valid for the definition of its kind.</summary>
public sealed class FieldLaws
{
    [Fact]
    public void Every_repair_writes_fields_that_the_kind_has()
    {
        var repairs = 0;
        foreach (var (finding, review, shape) in Findings().Where(f => f.Finding.Edit is not null))
        {
            var repaired = Edit.Apply(review.Object, finding.Edit!.Additions(review.Object));
            var before = Names(review.Object, shape);
            Assert.Empty(Names(repaired, shape).Except(before));
            repairs++;
        }
        Assert.True(repairs > 50);
    }

    /// <summary>
    /// A suggestion stands at the place of its finding or further out. Below a field that the kind does not have nothing is known, and a
    /// suggestion may repeat such a field of the object.
    /// </summary>
    [Fact]
    public void Every_suggestion_has_fields_of_the_place_where_it_is_written()
    {
        var (wrong, suggestions) = (new HashSet<string>(), 0);
        foreach (var (finding, review, shape) in Findings().Where(f => f.Finding.Remedy is not null))
        {
            if (Written(finding.Remedy!) is not { } written)
                continue;
            suggestions++;
            var types = written.IsArray ? "[" : "{<";
            var places = PlacesOf(Pointer.Of(review.Object, finding.At), shape).Where(p => types.Contains(p.Type, StringComparison.Ordinal)).ToList();
            var own = UnknownFields.Of(review.Object, shape, "").Select(u => u.Name).ToHashSet();
            if (places.Count > 0 && !places.Any(p => UnknownFields.Of(written, p, "").All(u => own.Contains(u.Name))))
                wrong.Add($"{review.Kind} {review.Name} {Pointer.Of(review.Object, finding.At)} {finding.Key}: {finding.Remedy}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n---\n", wrong));
        Assert.True(suggestions > 100);
    }

    /// <summary>The shapes from the object to the place; none where the place is one that the kind does not have.</summary>
    private static IReadOnlyList<FieldShape> PlacesOf(Pointer pointer, FieldShape root)
    {
        var shapes = new List<FieldShape> { root };
        foreach (var step in pointer.Steps)
        {
            var inner = shapes[^1];
            if (step.Key is { } key && inner.Fields.TryGetValue(key, out var field))
                shapes.Add(field);
            else if (inner.Item is { } item)
                shapes.Add(item);
            else
                return [];
        }
        return shapes;
    }

    /// <summary>The map or list that a suggestion is; null where it is none, or says in a comment where else it belongs.</summary>
    private static Node? Written(string remedy)
    {
        if (remedy.StartsWith('#'))
            return null;
        var indented = remedy.Replace("\n", "\n  ", StringComparison.Ordinal);
        var yaml = $"apiVersion: v1\nkind: Written\nmetadata: {{name: w}}\nspec:\n  {indented}\n";
        var (documents, errors) = new YamlReader().Read("written", Encoding.UTF8.GetBytes(yaml));
        if (errors.Count > 0)
            return null;
        var written = documents[0].Root["spec"u8];
        return written.IsObject || written.IsArray ? written : null;
    }

    private static IEnumerable<string> Names(Node root, FieldShape shape) => UnknownFields.Of(root, shape, "").Select(u => u.Path);

    private static IEnumerable<(Finding Finding, Review Review, FieldShape Shape)> Findings() =>
        from known in KnownObjects.All()
        let shape = FieldTable.ObjectOf(known.Review.Kind!, known.Review.Object["apiVersion"u8].Text)
        where shape is not null
        from setting in KnownObjects.Settings(known.Review.Kind!)
        let view = new View(known.Cluster.World, known.Review.Key, known.Review.Object)
        from finding in new Inspection(Subject.Of(known.Review, known.Review.Object, known.Cluster.Settings), null, view).Run(setting)
        select (finding, known.Review, shape);
}
