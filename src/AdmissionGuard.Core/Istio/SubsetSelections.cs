using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>A subset of a DestinationRule and the labels by which it selects pods, in the order of their keys.</summary>
internal sealed record SubsetSelection(Node Node, string Name, (string Key, string Value)[] Labels)
{
    /// <summary>The same for the same labels, and for no others: neither keys nor values of labels hold a line end.</summary>
    public string Canonical { get; } = string.Join('\n', Labels.Select(l => $"{l.Key}={l.Value}"));
}

/// <summary>Which subsets of a DestinationRule select the same pods, or some of another's; in time that grows with the document.</summary>
internal sealed class SubsetSelections
{
    /// <summary>Where more subsets share every label of another, one of the first has them all, or the document was made to be slow.</summary>
    private const int MostCompared = 100;

    private readonly List<SubsetSelection> all = [];
    private readonly Dictionary<string, SubsetSelection> first = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Key, string Value), List<SubsetSelection>> byLabel = [];

    public SubsetSelections(Node spec, Reader read)
    {
        foreach (var item in read.Items(spec["subsets"u8]))
        {
            if (Read(read.Map(item), read) is not { } selection)
                continue;
            all.Add(selection);
            if (!first.TryAdd(selection.Canonical, selection))
                continue;
            foreach (var label in selection.Labels)
            {
                if (!byLabel.TryGetValue(label, out var sharing))
                    byLabel[label] = sharing = [];
                sharing.Add(selection);
            }
        }
    }

    /// <summary>In the order of the document; those that cannot be read are left out.</summary>
    public IReadOnlyList<SubsetSelection> All => all;

    /// <summary>The first subset with just these labels, if that is another.</summary>
    public SubsetSelection? EqualBefore(SubsetSelection subset) =>
        first[subset.Canonical] is var other && !ReferenceEquals(other, subset) ? other : null;

    /// <summary>A subset with all these labels and more: whatever it selects, this one selects too.</summary>
    public SubsetSelection? Within(SubsetSelection subset)
    {
        var fewest = subset.Labels.Select(l => byLabel[l]).MinBy(s => s.Count) ?? [];
        return fewest
            .Take(MostCompared)
            .FirstOrDefault(s => s.Labels.Length > subset.Labels.Length && subset.Labels.All(l => Array.IndexOf(s.Labels, l) >= 0));
    }

    private static SubsetSelection? Read(Node subset, Reader read)
    {
        var labels = subset["labels"u8];
        if (!subset.Exists || (labels.Exists && !read.Map(labels).Exists))
            return null;
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in labels.Entries)
        {
            if (read.Text(entry.Value) is not { } value)
                return null;
            pairs[entry.Name] = value;
        }
        return new SubsetSelection(subset, read.Text(subset["name"u8]) ?? "", [.. pairs.Select(p => (p.Key, p.Value))]);
    }
}
