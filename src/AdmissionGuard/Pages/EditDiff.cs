using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Pages;

/// <summary>What the repair of a finding adds, below the keys that lead there.</summary>
/// <param name="Lines">As <c>diff</c> writes them: <c>'+'</c> or <c>' '</c>, a space, the YAML.</param>
internal sealed record EditDiff(IReadOnlyList<string> Lines)
{
    /// <summary>Null where the finding has no repair, or where what it adds is there already.</summary>
    public static EditDiff? Of(Judgement judgement, Document document)
    {
        if (judgement.Finding.Edit is not { } edit)
            return null;
        // the object as it was judged has the repairs of other rules in it; this is about what its author wrote
        var path = judgement.Paths.Of(edit.Anchor);
        var (anchor, found) = path.Resolve(document.Root);
        if (found < path.Steps.Count)
            return null;
        var additions = new Edit(anchor, edit.Leaves).Additions(document.Root);
        return additions.Count == 0 ? null : new EditDiff([.. additions.SelectMany(Added)]);
    }

    /// <summary>Whether these lines, wherever they are indented, are the last that it adds: then a reader needs them once.</summary>
    public bool EndsWith(string remedy)
    {
        var lines = remedy.Split('\n');
        return lines.Length <= Lines.Count
            && Lines.Skip(Lines.Count - lines.Length).Select(l => l[1..].Trim()).SequenceEqual(lines.Select(l => l.Trim()), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Added(Edit.Addition addition)
    {
        var depth = 0;
        foreach (var step in addition.Path.Steps.SkipLast(1))
        {
            yield return $"  {Indent(depth++)}{(step.Key is { } key ? $"{Shown.Clip(key, 63)}:" : $"- # item {step.Index + 1}")}";
        }
        foreach (var line in Yaml.Write(addition.Key, Node.Parse(addition.Json)).Split('\n'))
            yield return $"+ {Indent(depth)}{line}";
    }

    private static string Indent(int depth) => new(' ', 2 * depth);
}
