using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Schemas;

/// <summary>
/// What a structural schema allows at one place. Written: <c>{name:s,hosts[s,labels&lt;s}</c> is a map with three fields: a text, a list of texts
/// and a map with free keys. Of single values <c>s</c> is a text, <c>i</c> a whole number, <c>n</c> a number, <c>b</c> a boolean, <c>x</c> a whole
/// number or a text, <c>*</c> anything.
/// </summary>
internal sealed class FieldShape
{
    private const string Brackets = "{[<*";
    private static readonly Dictionary<string, FieldShape> None = [];

    private FieldShape(char type, Dictionary<string, FieldShape>? fields = null, FieldShape? item = null)
    {
        Type = type;
        Fields = fields ?? None;
        Item = item;
    }

    /// <summary><c>{</c>, <c>[</c>, <c>&lt;</c>, or a letter for a single value, as this class says.</summary>
    public char Type { get; }

    /// <summary>The fields of a map that has its own; empty otherwise.</summary>
    public IReadOnlyDictionary<string, FieldShape> Fields { get; }

    /// <summary>As <see cref="Fields"/>, by the names of a map's entries.</summary>
    public NameTable<FieldShape> Names => field ??= new NameTable<FieldShape>(Fields.Select(f => (f.Key, f.Value)));

    /// <summary>What an item of a list is, or a value of a map with free keys; null otherwise.</summary>
    public FieldShape? Item { get; }

    /// <summary>Reads the form above; line ends and spaces between are left out. Throws <see cref="FormatException"/> for anything else.</summary>
    public static FieldShape Parse(string text)
    {
        var dense = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        var at = 0;
        var shape = Parse(dense, ref at);
        return at == dense.Length ? shape : throw new FormatException($"unexpected {dense[at]} at {at}");
    }

    private static FieldShape Parse(string text, ref int at)
    {
        var type = text[at++];
        if (type is '[' or '<')
            return new FieldShape(type, item: Parse(text, ref at));
        return type == '{' ? new FieldShape(type, FieldsOf(text, ref at)) : new FieldShape(type);
    }

    private static Dictionary<string, FieldShape> FieldsOf(string text, ref int at)
    {
        var fields = new Dictionary<string, FieldShape>(StringComparer.Ordinal);
        while (text[at] != '}')
        {
            if (text[at] == ',')
                at++;
            var start = at;
            while (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')
                at++;
            var name = text[start..at];
            if (text[at] == ':')
                at++;
            else if (!Brackets.Contains(text[at], StringComparison.Ordinal))
                throw new FormatException($"unexpected {text[at]} at {at}");
            fields.Add(name, Parse(text, ref at));
        }
        at++;
        return fields;
    }
}
