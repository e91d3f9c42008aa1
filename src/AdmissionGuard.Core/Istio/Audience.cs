using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// The namespaces whose clients an object reaches: every one, unless its <c>exportTo</c> says otherwise (docs/facts/istio.md#export-to). A mesh whose
/// own default is narrower makes this too wide.
/// </summary>
internal sealed class Audience
{
    private readonly SortedSet<string> namespaces = new(StringComparer.Ordinal);

    /// <summary>Of an object that is only looked up: an entry that is not text says nothing.</summary>
    /// <param name="privateByDefault">The mesh exports what says nothing to its own namespace only.</param>
    public Audience(Node exportTo, string @namespace, bool privateByDefault = false)
    {
        IsAll = exportTo.Count == 0 && !privateByDefault;
        if (exportTo.Count == 0 && privateByDefault)
            namespaces.Add(@namespace);
        foreach (var item in exportTo.Items)
            Add(item.Text, @namespace);
        if (IsAll)
            namespaces.Clear();
    }

    /// <summary>Every one: <c>*</c>, or nothing said.</summary>
    public bool IsAll { get; private set; }

    /// <summary>Those it is limited to, in the order of names; none where it is every one.</summary>
    public IReadOnlyList<string> Namespaces => [.. namespaces];

    /// <summary>Of an object under review; null where <c>exportTo</c> or an entry has the wrong type, which its reader remembers.</summary>
    public static Audience? Of(KubeObject subject)
    {
        var written = subject.Spec["exportTo"u8];
        if (written.Exists && !written.IsArray)
            return subject.Read.Refuse<Audience>(written, "a list");
        foreach (var item in written.Items)
        {
            if (subject.Read.Text(item) is null)
                return null;
        }
        return new Audience(written, subject.Namespace);
    }

    /// <param name="client">Null for a client of some namespace that nothing names.</param>
    public bool Reaches(string? client) => IsAll || (client is not null && namespaces.Contains(client));

    public bool IsSameAs(Audience other) => IsAll == other.IsAll && namespaces.SetEquals(other.namespaces);

    /// <summary>
    /// Whether one of two objects for a host is in the other's way. What is exported to a namespace alone goes before what is public, as its author
    /// means it (push_context.go, VirtualServicesForGateway), so only equals compete.
    /// </summary>
    public bool Competes(Audience other) => IsAll ? other.IsAll : namespaces.Overlaps(other.namespaces);

    /// <summary>Those who were among the old and are no more, by name; null where everybody was: then all but the new ones are lost.</summary>
    public IReadOnlyList<string>? LostSince(Audience old)
    {
        if (IsAll)
            return [];
        return old.IsAll ? null : [.. old.namespaces.Where(n => !namespaces.Contains(n))];
    }

    /// <summary>In a sentence.</summary>
    public override string ToString() => IsAll ? "every namespace" : Names(Namespaces);

    public static string Names(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return "no namespace";
        return names.Count <= 3 ? string.Join(", ", names.Select(n => Shown.Clip(n, 63))) : $"{names.Count} namespaces";
    }

    private void Add(string? name, string @namespace)
    {
        if (name == "*")
            IsAll = true;
        else if (name is { Length: > 0 } and not "~")
            namespaces.Add(name == "." ? @namespace : name);
    }
}
