using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What a custom resource's structural schema says of a field and of those below it: types, words, bounds, which fields must be there and which
/// exclude each other. Rules in CEL stand with the checks of Istio's webhook, most of which they repeat.
/// </summary>
internal sealed class CrdShape
{
    public enum Sort
    {
        Map,
        List,
        Text,
        Integer,
        Number,
        Boolean,
        Duration,
    }

    private readonly NameTable<CrdShape> fields;

    private CrdShape(Sort type, IEnumerable<(string Name, CrdShape Shape)>? fields = null)
    {
        Type = type;
        this.fields = new NameTable<CrdShape>(fields ?? []);
    }

    public Sort Type { get; }

    /// <summary>Of the items of a list, or of the values of a map with any keys.</summary>
    public CrdShape? Each { get; private init; }

    public string[] Required { get; init; } = [];

    /// <summary>Of these fields at most one may be there.</summary>
    public string[] OneOf { get; init; } = [];

    public string[] Words { get; init; } = [];

    public double Least { get; init; } = double.NegativeInfinity;

    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>Characters of a text, entries of a list or a map.</summary>
    public int Longest { get; init; } = int.MaxValue;

    public static CrdShape Text { get; } = new(Sort.Text);

    public static CrdShape Flag { get; } = new(Sort.Boolean);

    public static CrdShape Duration { get; } = new(Sort.Duration);

    public static CrdShape Number { get; } = new(Sort.Number);

    public static CrdShape Signed { get; } = new(Sort.Integer) { Least = int.MinValue, Most = int.MaxValue };

    public static CrdShape Unsigned { get; } = new(Sort.Integer) { Least = 0, Most = uint.MaxValue };

    public static CrdShape Texts { get; } = List(Text);

    public static CrdShape TextMap { get; } = MapOf(Text);

    public static CrdShape Integer(double least, double most) => new(Sort.Integer) { Least = least, Most = most };

    public static CrdShape Between(double least, double most) => new(Sort.Number) { Least = least, Most = most };

    public static CrdShape OneWord(params string[] words) => new(Sort.Text) { Words = words };

    public static CrdShape TextUpTo(int longest) => new(Sort.Text) { Longest = longest };

    public static CrdShape List(CrdShape items, int longest = int.MaxValue) => new(Sort.List) { Each = items, Longest = longest };

    public static CrdShape MapOf(CrdShape values, int longest = int.MaxValue) => new(Sort.Map) { Each = values, Longest = longest };

    public static CrdShape Map(params (string Name, CrdShape Shape)[] fields) => new(Sort.Map, fields);

    /// <summary>The same map with fields that must be there, or that exclude each other.</summary>
    public CrdShape With(string[]? required = null, string[]? oneOf = null) =>
        new(Type, fields.All) { Required = required ?? [], OneOf = oneOf ?? [] };

    /// <summary>Reports what the schema refuses. Wrong types go to the reader, which remembers them.</summary>
    /// <param name="name">Of the field, as messages name it.</param>
    public void Check(Node node, string name, Refusals to)
    {
        switch (Type)
        {
            case Sort.Map:
                Entries(to.Read.Map(node), name, to);
                break;
            case Sort.List:
                Length(node, node.Count, name, to);
                foreach (var item in to.Read.Items(node))
                {
                    if (item.Exists && Each!.Type is Sort.Integer or Sort.Number)
                        to.Range(item, name, Each.Least, Each.Most, "");
                    else if (item.Exists)
                        Each!.Check(item, name, to);
                    else
                        to.Add(item, $"{name} null", $"{name} has an entry that is null");
                }
                break;
            case Sort.Text when Words.Length == 0 && Longest == int.MaxValue && node.Kind == JsonValueKind.String:
                break;
            case Sort.Text:
                if (to.Read.Text(node) is { } text)
                    Word(node, text, name, to);
                break;
            case Sort.Integer:
                if (to.Read.Integer(node) is not null)
                    to.Range(node, name, Least, Most);
                break;
            case Sort.Number:
                to.Range(node, name, Least, Most);
                break;
            case Sort.Boolean:
                to.Read.Boolean(node);
                break;
            default:
                to.Read.Duration(node);
                break;
        }
    }

    private void Word(Node node, string text, string name, Refusals to)
    {
        if (Words.Length > 0 && !Words.Contains(text, StringComparer.Ordinal))
            to.Add(node, name, $"{name} is {Refusals.Word(text)}, one of {string.Join(", ", Words)} is allowed");
        else
            Length(node, text.Length, name, to);
    }

    private void Length(Node node, int length, string name, Refusals to)
    {
        if (length > Longest)
            to.Add(node, $"{name} length", $"{name} has {length} {(Type == Sort.Text ? "characters" : "entries")}, at most {Longest} are allowed");
    }

    private void Entries(Node map, string name, Refusals to)
    {
        if (!map.IsObject)
            return;
        var count = 0;
        foreach (var entry in map.Entries)
        {
            count++;
            var value = entry.Value;
            if (!value.Exists)
                continue;
            if (fields.TryFind(entry, out var field))
                field.Value.Check(value, field.Name, to);
            else if (Each is not null)
                Each.Check(value, Shown.Clip(entry.Name, Shown.WordLength), to);
        }
        Length(map, count, name, to);
        foreach (var key in Required)
        {
            if (!map[key].Exists)
                to.Add(new Place(map, key), $"{name} {key}", $"{name} has no {key}, it is needed");
        }
        if (OneOf.Length > 0)
            Exclusive(map, name, to);
    }

    private void Exclusive(Node map, string name, Refusals to)
    {
        if (OneOf.Where(k => map[k].Exists).ToArray() is { Length: > 1 } written)
            to.Add(map, $"{name} one of", $"{name} has {string.Join(" and ", written)}, only one of them is allowed");
    }
}
