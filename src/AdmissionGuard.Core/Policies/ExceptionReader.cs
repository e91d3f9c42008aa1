using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>Reads a GuardException, as strictly as a policy: what it covers is spelt out, who answers for it, why, and until when.</summary>
public sealed class ExceptionReader
{
    public const string Kind = "GuardException";
    public const string Plural = "guardexceptions";

    /// <summary>Each is an entry of the index; who needs more wants a policy.</summary>
    private const int MostObjects = 1000;

    private readonly Node root;
    private readonly Form form;

    private ExceptionReader(Node root, Patience? patience)
    {
        this.root = root;
        form = new Form(root, patience);
    }

    /// <summary>The exception, or null with the reasons why not. One that has ended is read as well: its end has a meaning.</summary>
    /// <param name="now">From when its length is measured, unless <c>metadata.creationTimestamp</c> says that it is older.</param>
    /// <param name="maxDays">The setting; null where the settings could not be read, and then no length is refused.</param>
    public static GuardException? Read(
        Node document,
        DateTimeOffset now,
        int? maxDays,
        out IReadOnlyList<PolicyError> errors,
        Patience? patience = null
    )
    {
        var reader = new ExceptionReader(document, patience);
        var exception = reader.Exception(now, maxDays);
        errors = reader.form.Errors;
        return errors.Count == 0 ? exception : null;
    }

    private GuardException Exception(DateTimeOffset now, int? maxDays)
    {
        var spec = form.Spec("an exception", "an exception's name stands in warnings and audit logs", "rules", "match", "owner", "reason", "expires");
        var rules = Rules(spec);
        var objects = Objects(spec, rules);
        var owner = Text(spec, "owner", "who answers for it");
        var reason = Text(spec, "reason", "why the rule cannot be kept");
        if (reason.Length > 0 && Reason.Length(reason) < Reason.LeastLength)
            form.Refuse(spec["reason"u8], Reason.TooShort(reason));
        return new GuardException(form.Name, rules, objects, owner, reason, Expires(spec, now, maxDays)) { Notices = form.Notices };
    }

    private List<Rule> Rules(Node spec)
    {
        var rules = new List<Rule>();
        var list = spec["rules"u8];
        if (list.Exists && !list.IsArray)
            form.Refuse(list, $"is {Shown.Value(list)}, a list of rules is expected");
        else if (list.Count == 0 && spec.IsObject)
            form.Refuse(Place.Of(spec, "rules"), "names no rule: this exception would do nothing");
        foreach (var item in list.Items)
        {
            var node = item;
            if (node.Text is not { } id)
                form.Refuse(node, $"is {Shown.Value(node)}, a rule's id is expected");
            else if (form.Rule(node, id, "exception") is { } rule)
                rules.Add(rule);
        }
        return rules;
    }

    /// <summary>Kinds, namespaces and names must all be there: what is left open would widen by itself with every new object.</summary>
    private List<ObjectKey> Objects(Node spec, List<Rule> rules)
    {
        if (spec.IsObject && !spec["match"u8].Exists)
            form.Refuse(Place.Of(spec, "match"), "is missing: kinds, namespaces and names are spelt out");
        var match = form.Map(spec["match"u8]);
        if (!match.Exists)
            return [];
        form.OnlyKeys(match, "an exception's match", "kinds", "namespaces", "names");
        foreach (var key in (string[])["kinds", "namespaces", "names"])
        {
            if (!match[key].Exists || match[key] is { IsArray: true, Count: 0 })
                form.Refuse(Place.Of(match, key), "names nothing: an exception spells out kinds, namespaces and names");
        }
        var kinds = form.Choices(match["kinds"u8], Catalogue.Kinds, k => k.Name);
        var namespaces = form.ExactNames(match["namespaces"u8]);
        var names = form.ExactNames(match["names"u8]);
        if (kinds.Count > 0 && kinds.Count == match["kinds"u8].Count)
            RefuseIdle(spec, rules, kinds);
        var count = (long)kinds.Count * namespaces.Count * names.Count;
        if (count > MostObjects)
        {
            form.Refuse(match, string.Create(CultureInfo.InvariantCulture, $"names {count} objects, at most {MostObjects} are allowed"));
            return [];
        }
        return
        [
            .. from kind in kinds
            from @namespace in namespaces
            from name in names
            select new ObjectKey(kind, kind.IsNamespaced ? @namespace : "", name),
        ];
    }

    private void RefuseIdle(Node spec, List<Rule> rules, List<ObjectKind> kinds)
    {
        foreach (var item in spec["rules"u8].Items)
        {
            var node = item;
            if (node.Text is { } id && Catalogue.Find(id) is { } rule && rules.Contains(rule) && !kinds.Any(rule.Judges))
            {
                form.Refuse(node, $"rule {rule.Id} judges {string.Join(", ", rule.Kinds)}, and match.kinds names {string.Join(", ", kinds)}");
            }
        }
    }

    private string Text(Node spec, string key, string what)
    {
        var node = spec[key];
        if (node.Text is { } text && text.Trim().Length > 0)
            return text;
        if (spec.IsObject)
            form.Refuse(Place.Of(spec, key), node.Exists ? $"is {Shown.Value(node)}, a text is expected: {what}" : $"is missing: {what}");
        return "";
    }

    private DateTimeOffset Expires(Node spec, DateTimeOffset now, int? maxDays)
    {
        if (!spec.IsObject)
            return default;
        var node = spec["expires"u8];
        if (!node.Exists)
            form.Refuse(Place.Of(spec, "expires"), "is missing: an exception ends");
        else if (Time(node) is not { } expires)
            form.Refuse(node, $"is {Shown.Value(node)}, a time such as \"2027-02-01T00:00:00Z\" is expected");
        else if (maxDays is { } most && expires - Since(now) > TimeSpan.FromDays(most))
            form.Refuse(node, TooFar(expires, Since(now), most));
        else
            return expires;
        return default;
    }

    /// <summary>A creation in the future would stretch it.</summary>
    private DateTimeOffset Since(DateTimeOffset now) =>
        Time(root["metadata"u8]["creationTimestamp"u8]) is { } created && created < now ? created : now;

    private static string TooFar(DateTimeOffset expires, DateTimeOffset since, int most) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"is {Math.Ceiling((expires - since).TotalDays)} days away, at most {most} are allowed: until " + $"{Times.Second(since.AddDays(most))}"
        );

    private static DateTimeOffset? Time(Node node) => node.Text is { } text ? Times.Read(text) : null;
}
