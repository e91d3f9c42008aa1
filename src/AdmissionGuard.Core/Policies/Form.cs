using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>What is wrong in a policy, an exception or the settings, and where.</summary>
/// <param name="Message">Of at most a line; what a user wrote stands in it clipped.</param>
public sealed record PolicyError(Pointer Path, string Message)
{
    /// <summary>How many errors it stands for: one, but for the last of a long list, which counts those that are not listed.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The path as people write it, long keys clipped; empty where the whole document is meant.</summary>
    public string Place => Path.ToText(Shown.WordLength);

    public override string ToString() => Path.Steps.Count == 0 ? Message : $"{Place}: {Message}";
}

/// <summary>What is accepted in a policy or exception but should be written otherwise, and where.</summary>
public sealed record PolicyNotice(Pointer Path, string Message)
{
    public override string ToString() => $"{Path.ToText(Shown.WordLength)}: {Message}";
}

/// <summary>
/// One of our documents while it is read: the pieces that all kinds share, and everything that is wrong with it, each with its place and the nearest
/// valid name.
/// </summary>
/// <param name="patience">Of whoever waits for it to be read; asked now and then.</param>
internal sealed class Form(Node root, Patience? patience = null)
{
    /// <summary>Nobody reads more at once, and finding the place of each takes time.</summary>
    public const int MostErrors = 50;

    private readonly List<PolicyError> errors = [];
    private readonly List<PolicyNotice> notices = [];
    private readonly Dictionary<Rule, string> named = [];
    private readonly Dictionary<(string Where, string Noun), Nearest> spellings = [];
    private Nearest? rules;
    private int unlisted;

    /// <summary>The first <see cref="MostErrors"/>; if there are more, then one that counts the rest.</summary>
    public IReadOnlyList<PolicyError> Errors
    {
        get
        {
            if (unlisted == 0)
                return errors;
            return [.. errors, new PolicyError(Pointer.Root, $"and {unlisted} more {(unlisted == 1 ? "error" : "errors")}") { Count = unlisted }];
        }
    }

    public IReadOnlyList<PolicyNotice> Notices => notices;

    private bool IsFull => errors.Count == MostErrors;

    /// <summary>What stands around every kind: only known keys, our version, a name. Returns the spec.</summary>
    /// <param name="nameless">Why a name is needed.</param>
    public Node Spec(string what, string nameless, params string[] keys)
    {
        OnlyKeys(root, what, "apiVersion", "kind", "metadata", "spec", "status");
        if (root["apiVersion"u8].Text is { } version && version != PolicyReader.ApiVersion)
            Refuse(root["apiVersion"u8], $"is {Shown.Word(version)}, {PolicyReader.ApiVersion} is read");
        if (Name.Length == 0)
            Refuse(new Place(root, "metadata/name"), $"is missing: {nameless}");
        var spec = root["spec"u8];
        if (!spec.IsObject)
            Refuse(spec.Exists ? spec : new Place(root, "spec"), $"is {Shown.Value(spec)}, a map is expected");
        OnlyKeys(spec, "spec", keys);
        return spec;
    }

    public string Name => root["metadata"u8]["name"u8].Text ?? "";

    /// <summary>The node itself where it is a map; else the absent node, refused where something stands there.</summary>
    public Node Map(Node node)
    {
        if (!node.Exists || node.IsObject)
            return node;
        Refuse(node, $"is {Shown.Value(node)}, a map is expected");
        return default;
    }

    public List<string> Names(Node list)
    {
        var names = new List<string>();
        if (list.Exists && !list.IsArray)
            Refuse(list, $"is {Shown.Value(list)}, a list is expected");
        patience?.Check();
        foreach (var item in list.Items)
        {
            var node = item;
            if (node.Text is { Length: > 0 } text)
                names.Add(text);
            else
                Refuse(node, $"is {Shown.Value(node)}, a name is expected");
        }
        return names;
    }

    /// <summary>Names that stand for themselves: a star would look as if it did more, and match nothing.</summary>
    public List<string> ExactNames(Node list)
    {
        var names = Names(list);
        foreach (var item in list.Items)
        {
            if (item.Text is { } text && text.Contains('*', StringComparison.Ordinal))
                Refuse(item, $"is {Shown.Word(text)}; names are exact here, * stands for nothing");
        }
        return names;
    }

    public List<T> Choices<T>(Node list, IReadOnlyList<T> valid, Func<T, string> write)
    {
        var chosen = new List<T>();
        if (list.Exists && !list.IsArray)
            Refuse(list, $"is {Shown.Value(list)}, a list is expected");
        var words = valid.Select(write).ToList();
        var spelling = new Nearest(words);
        foreach (var item in list.Items)
        {
            var node = item;
            var at = node.Text is { } text ? words.IndexOf(text) : -1;
            if (at >= 0)
                chosen.Add(valid[at]);
            else if (IsFull)
                unlisted++;
            else
                Refuse(node, $"is {Shown.Value(node)}; valid are {string.Join(", ", words)}{spelling.Hint(node.Text ?? "")}");
        }
        return chosen;
    }

    public string Choice(Node node, string absent, params string[] valid)
    {
        if (!node.Exists)
            return absent;
        if (node.Text is { } text && valid.Contains(text, StringComparer.Ordinal))
            return text;
        // kubectl reads YAML 1.1, in which a bare off is no text
        var bare =
            node.Kind == System.Text.Json.JsonValueKind.False && valid.Contains("off", StringComparer.Ordinal)
                ? "; YAML reads a bare off so, write \"off\""
                : "";
        Refuse(node, $"is {Shown.Value(node)}; valid are {string.Join(", ", valid)}{Nearest.Hint(node.Text ?? "", valid)}{bare}");
        return absent;
    }

    public bool Flag(Node node, bool absent)
    {
        if (!node.Exists)
            return absent;
        if (new Reader().Boolean(node) is { } flag)
            return flag;
        Refuse(node, $"is {Shown.Value(node)}, true or false is expected");
        return absent;
    }

    /// <summary>
    /// The rule of this id or former id, or null where there is none, which is refused. A rule that was named before is refused too, by whichever of
    /// its ids.
    /// </summary>
    public Rule? Rule(Node node, string id, string what)
    {
        if (Catalogue.Find(id) is { } rule)
        {
            if (!named.TryAdd(rule, id))
                Refuse(node, $"rule {id} stands in this {what} twice{(named[rule] == id ? "" : $", once as {named[rule]}")}");
            else if (Catalogue.FormerIdNotice(id) is { } notice)
                notices.Add(new PolicyNotice(Pointer.Of(root, node), notice));
            return rule;
        }
        rules ??= new Nearest(Catalogue.Rules.Select(r => r.Id));
        if (IsFull)
            unlisted++;
        else
            Refuse(node, $"there is no rule {Shown.Word(id)}{rules.Hint(id)}");
        return null;
    }

    public void OnlyKeys(Node map, string where, params string[] valid) => OnlyNames(map, where, "key", valid);

    public void OnlyNames(Node map, string where, string noun, string[] valid)
    {
        patience?.Check();
        foreach (var entry in map.Entries)
        {
            if (valid.Contains(entry.Name, StringComparer.Ordinal))
                continue;
            if (IsFull)
                unlisted++;
            else
                Refuse(entry.Value, $"{where} has no {noun} {Shown.Word(entry.Name)}{Spelling(where, noun, valid).Hint(entry.Name)}");
        }
    }

    /// <exception cref="PatienceEndedException">Nobody waits any more: finding the place of each error takes time.</exception>
    public void Refuse(Place at, string message)
    {
        patience?.Check();
        if (IsFull)
            unlisted++;
        else
            errors.Add(new PolicyError(Pointer.Of(root, at), message));
    }

    private Nearest Spelling(string where, string noun, string[] valid)
    {
        if (!spellings.TryGetValue((where, noun), out var spelling))
            spellings[(where, noun)] = spelling = new Nearest(valid);
        return spelling;
    }
}
