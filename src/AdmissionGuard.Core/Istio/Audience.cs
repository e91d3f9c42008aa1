using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Istio;

/// <summary>The namespaces whose clients an object reaches, by its <c>exportTo</c> (docs/facts/istio.md#export-to).</summary>
internal sealed class Audience
{
    private readonly HashSet<string> namespaces = new(StringComparer.Ordinal);

    private Audience(bool isAll) => IsAll = isAll;

    /// <summary>Every one: <c>*</c>, or nothing said, which is the mesh's default unless its defaultDestinationRuleExportTo says otherwise.</summary>
    public bool IsAll { get; private set; }

    /// <summary>Null where an entry is no text.</summary>
    public static Audience? Of(KubeObject subject)
    {
        var written = subject.Spec["exportTo"u8];
        if (written.Exists && !written.IsArray)
            return subject.Read.Refuse<Audience>(written, "a list");
        var audience = new Audience(written.Count == 0);
        foreach (var item in written.Items)
        {
            if (subject.Read.Text(item) is not { } name)
                return null;
            if (name == "*")
                audience.IsAll = true;
            else
                audience.namespaces.Add(name == "." ? subject.Namespace : name);
        }
        return audience;
    }

    /// <summary>Those who were among the old and are no more, by name; null where everybody was: then all but the new ones are lost.</summary>
    public IReadOnlyList<string>? LostSince(Audience old) =>
        IsAll ? []
        : old.IsAll ? null
        : [.. old.namespaces.Where(n => !namespaces.Contains(n)).Order(StringComparer.Ordinal)];

    /// <summary>In a sentence.</summary>
    public override string ToString() => IsAll ? "every namespace" : Names([.. namespaces.Order(StringComparer.Ordinal)]);

    public static string Names(IReadOnlyList<string> names) =>
        names.Count <= 3 ? string.Join(", ", names.Select(n => Shown.Clip(n, 63))) : $"{names.Count} namespaces";
}
