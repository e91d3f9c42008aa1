using System.Numerics;
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

    /// <summary>One bit for each field that must be there, by its index in the table.</summary>
    private readonly ulong required;

    /// <summary>Fields of which at most one may be there, and their bits.</summary>
    private readonly (string[] Names, ulong Bits) oneOf;

    private CrdShape(Sort type, IEnumerable<(string Name, CrdShape Shape)>? fields = null, string[]? required = null, string[]? oneOf = null)
    {
        Type = type;
        this.fields = new NameTable<CrdShape>(fields ?? []);
        this.required = this.fields.Bits(required ?? []);
        this.oneOf = (oneOf ?? [], this.fields.Bits(oneOf ?? []));
    }

    public Sort Type { get; }

    /// <summary>Of the items of a list, or of the values of a map with any keys.</summary>
    public CrdShape? Each { get; private init; }

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
    public CrdShape With(string[]? required = null, string[]? oneOf = null) => new(Type, fields.All, required, oneOf);

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
        ulong present = 0;
        foreach (var entry in map.Entries)
        {
            var value = entry.Value;
            if (!value.Exists)
                continue;
            if (fields.IndexOf(entry) is >= 0 and var index)
            {
                present |= NameTable<CrdShape>.Bit(index);
                var (field, shape) = fields[index];
                shape.Check(value, field, to);
            }
            else if (Each is not null)
                Each.Check(value, Shown.Clip(entry.Name, Shown.WordLength), to);
        }
        Length(map, map.EntryCount, name, to);
        foreach (var key in fields.Named(required & ~present))
            to.Add(new Place(map, key), $"{name} {key}", $"{name} has no {key}, it is needed");
        if (BitOperations.PopCount(present & oneOf.Bits) > 1)
        {
            var written = string.Join(" and ", oneOf.Names.Where(n => map[n].Exists));
            to.Add(map, $"{name} one of", $"{name} has {written}, only one of them is allowed");
        }
    }
}
