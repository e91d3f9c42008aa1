using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>Reads what a policy is about, label selectors included.</summary>
internal sealed class MatchReader(Form form)
{
    /// <summary>A label's name and its value have the same bounds in Kubernetes.</summary>
    private const int LabelLength = 63;

    private static readonly (LabelOperator Operator, string Word)[] Operators =
    [
        (LabelOperator.In, "In"),
        (LabelOperator.NotIn, "NotIn"),
        (LabelOperator.Exists, "Exists"),
        (LabelOperator.DoesNotExist, "DoesNotExist"),
    ];

    public Match Read(Node node)
    {
        var match = form.Map(node);
        if (!match.Exists)
            return Match.Everything;
        form.OnlyKeys(
            match,
            "match",
            "kinds",
            "operations",
            "namespaces",
            "excludeNamespaces",
            "namespaceSelector",
            "objectSelector",
            "users",
            "groups",
            "excludeUsers",
            "excludeGroups"
        );
        return new Match
        {
            Kinds = form.Choices(match["kinds"u8], Catalogue.Kinds, k => k.Name),
            Operations = form.Choices(match["operations"u8], Words.Operations, Words.Of),
            Namespaces = form.Names(match["namespaces"u8]),
            ExcludeNamespaces = form.Names(match["excludeNamespaces"u8]),
            NamespaceSelector = Selector(match["namespaceSelector"u8], "namespaceSelector"),
            ObjectSelector = Selector(match["objectSelector"u8], "objectSelector"),
            Users = form.Names(match["users"u8]),
            Groups = form.Names(match["groups"u8]),
            ExcludeUsers = form.Names(match["excludeUsers"u8]),
            ExcludeGroups = form.Names(match["excludeGroups"u8]),
        };
    }

    private LabelSelector? Selector(Node node, string where)
    {
        var selector = form.Map(node);
        if (!selector.Exists)
            return null;
        form.OnlyKeys(selector, where, "matchLabels", "matchExpressions");
        var requirements = new List<LabelRequirement>();
        foreach (var entry in form.Map(selector["matchLabels"u8]).Entries)
        {
            var value = entry.Value;
            CheckKey(value, entry.Name);
            if (Value(value) is { } text)
                requirements.Add(new LabelRequirement(entry.Name, LabelOperator.In, [text]));
        }
        var list = selector["matchExpressions"u8];
        if (list.Exists && !list.IsArray)
            form.Refuse(list, $"is {Shown.Value(list)}, a list is expected");
        foreach (var item in list.Items)
        {
            if (Expression(item) is { } requirement)
                requirements.Add(requirement);
        }
        return new LabelSelector(requirements);
    }

    private LabelRequirement? Expression(Node entry)
    {
        if (!entry.IsObject)
        {
            form.Refuse(entry, $"is {Shown.Value(entry)}, a map with key, operator and values is expected");
            return null;
        }
        form.OnlyKeys(entry, "a label's expression", "key", "operator", "values");
        var key = entry["key"u8].Text ?? "";
        if (key.Length == 0)
            form.Refuse(Place.Of(entry, "key"), $"is {Shown.Value(entry["key"u8])}, a label's key is expected");
        else
            CheckKey(entry["key"u8], key);
        var words = Operators.Select(o => o.Word).ToArray();
        if (!entry["operator"u8].Exists)
            form.Refuse(Place.Of(entry, "operator"), $"is missing; valid are {string.Join(", ", words)}");
        var word = form.Choice(entry["operator"u8], "In", words);
        var how = Operators.First(o => o.Word == word).Operator;

        var list = entry["values"u8];
        if (list.Exists && !list.IsArray)
            form.Refuse(list, $"is {Shown.Value(list)}, a list is expected");
        var values = list.Items.Select(v => Value(v)).OfType<string>().ToList();
        var compares = how is LabelOperator.In or LabelOperator.NotIn;
        if (compares && !list.Exists)
            form.Refuse(Place.Of(entry, "values"), $"is missing: {word} compares with at least one value");
        else if (compares && list.IsArray && list.Count == 0)
            form.Refuse(list, $"is empty: {word} compares with at least one value");
        else if (!compares && list.Count > 0)
            form.Refuse(list, $"{word} takes no values");
        return new LabelRequirement(key, how, values);
    }

    /// <summary>YAML reads 1 and true as a number and a switch, and a label is neither.</summary>
    private string? Value(Node node)
    {
        if (node.Text is not { } text)
            form.Refuse(node, $"is {Shown.Value(node)}, a text is expected: write it in quotes");
        else if (text.Length > 0 && !IsLabel(text))
            form.Refuse(
                node,
                $"is {Shown.Value(node)}, which no label can have: letters, digits, - _ . are allowed, at most {LabelLength}; selectors take no *"
            );
        else
            return text;
        return null;
    }

    /// <summary>What no object can carry selects nothing, and the policy would guard less than its author believes.</summary>
    private void CheckKey(Node at, string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        if (!IsLabel(name) || key.Count(c => c == '/') > 1 || key[0] == '/')
            form.Refuse(at, $"{Shown.Word(key)} is no label's key");
    }

    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= LabelLength
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
