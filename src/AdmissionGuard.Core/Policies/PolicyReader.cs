using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Policies;

/// <summary>What is wrong in a policy, and where.</summary>
public sealed record PolicyError(Pointer Path, string Message);

/// <summary>
/// Reads a GuardPolicy. Everything that is wrong is said at once, with its place and the nearest valid name; a policy with an error is no policy,
/// because one that is half understood guards less than its author believes.
/// </summary>
public sealed class PolicyReader
{
    public const string ApiVersion = "admissionguard.io/v1alpha1";
    public const string Kind = "GuardPolicy";

    private readonly Node root;
    private readonly List<PolicyError> errors = [];

    private PolicyReader(Node root) => this.root = root;

    /// <summary>The policy, or null with the reasons why not.</summary>
    public static GuardPolicy? Read(Node document, out IReadOnlyList<PolicyError> errors)
    {
        var reader = new PolicyReader(document);
        var policy = reader.Policy();
        errors = reader.errors;
        return errors.Count == 0 ? policy : null;
    }

    private GuardPolicy Policy()
    {
        OnlyKeys(root, "a policy", "apiVersion", "kind", "metadata", "spec", "status");
        if (root["apiVersion"u8].Text is { } version && version != ApiVersion) Refuse(root["apiVersion"u8], $"is {Shown.Quote(version)}, {ApiVersion} is read");
        var name = root["metadata"u8]["name"u8];
        if (name.Text is not { Length: > 0 }) Refuse(new Place(root, "metadata/name"), "is missing: a policy's name stands in every refusal");
        var spec = root["spec"u8];
        if (!spec.IsObject) Refuse(spec.Exists ? spec : new Place(root, "spec"), $"is {Shown.Value(spec)}, a map is expected");
        OnlyKeys(spec, "spec", "profile", "mode", "match", "ratchet", "rules");

        var profile = Choice(spec["profile"u8], "none", ["baseline", "strict", "none"]);
        var mode = Choice(spec["mode"u8], "enforce", ["enforce", "warn", "audit"]);
        var ratchet = Flag(spec["ratchet"u8], absent: true);
        var match = ReadMatch(spec["match"u8]);
        var rules = ReadRules(spec["rules"u8], profile switch
        {
            "baseline" => Profile.Baseline,
            "strict" => Profile.Strict,
            _ => (Profile?)null,
        });
        if (errors.Count == 0 && rules.Count == 0) Refuse(Place.Of(spec, "rules"), "names no rule and profile is none: this policy would do nothing");
        return new GuardPolicy(name.Text ?? "", rules, match, mode switch
        {
            "warn" => PolicyMode.Warn,
            "audit" => PolicyMode.Audit,
            _ => PolicyMode.Enforce,
        }, ratchet);
    }

    private List<RuleSetting> ReadRules(Node list, Profile? profile)
    {
        var settings = new Dictionary<string, RuleSetting>(StringComparer.Ordinal);
        if (profile is { } built)
        {
            foreach (var rule in Catalogue.Rules) settings[rule.Id] = RuleSetting.Of(rule, built);
        }
        if (list.Exists && !list.IsArray) Refuse(list, $"is {Shown.Value(list)}, a list of rules is expected");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items) ReadRule(new Node(item), profile, settings, seen);
        return [.. settings.Values.Where(s => s.Action != GuardAction.Off)];
    }

    private void ReadRule(Node entry, Profile? profile, Dictionary<string, RuleSetting> settings, HashSet<string> seen)
    {
        if (!entry.IsObject)
        {
            Refuse(entry, $"is {Shown.Value(entry)}, a map with the key rule is expected");
            return;
        }
        OnlyKeys(entry, "a rule's entry", "rule", "action", "fix", "parameters");
        if (entry["rule"u8].Text is not { } id)
        {
            Refuse(Place.Of(entry, "rule"), "names no rule");
            return;
        }
        if (Catalogue.Find(id) is not { } rule)
        {
            Refuse(entry["rule"u8], $"there is no rule {Shown.Quote(id)}{Nearest.Hint(id, Catalogue.Rules.Select(r => r.Id))}");
            return;
        }
        if (!seen.Add(id)) Refuse(entry["rule"u8], $"rule {id} stands in this policy twice");

        var setting = settings.TryGetValue(id, out var given) ? given : RuleSetting.Of(rule, profile ?? Profile.Baseline) with { Fix = false };
        if (entry["action"u8].Exists)
        {
            setting = setting with
            {
                Action = Choice(entry["action"u8], "deny", ["deny", "warn", "audit", "off"]) switch
                {
                    "warn" => GuardAction.Warn,
                    "audit" => GuardAction.Audit,
                    "off" => GuardAction.Off,
                    _ => GuardAction.Deny,
                },
            };
        }
        if (entry["fix"u8].Exists)
        {
            var fix = Flag(entry["fix"u8], absent: false);
            if (fix && !rule.Fixable) Refuse(entry["fix"u8], $"rule {id} has no repair");
            setting = setting with { Fix = fix };
        }
        settings[id] = setting with { Values = ReadParameters(entry["parameters"u8], rule, setting.Values) };
    }

    private IReadOnlyList<object> ReadParameters(Node map, Rule rule, IReadOnlyList<object> defaults)
    {
        if (!map.Exists) return defaults;
        if (!map.IsObject)
        {
            Refuse(map, $"is {Shown.Value(map)}, a map is expected");
            return defaults;
        }
        OnlyNames(map, $"rule {rule.Id}", "parameter", [.. rule.Parameters.Select(p => p.Name)]);
        var values = defaults.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var given = map[rule.Parameters[i].Name];
            if (!given.Exists) continue;
            if (rule.Parameters[i].Read(given, out var error) is { } value) values[i] = value;
            else Refuse(given, error!);
        }
        return values;
    }

    private Match ReadMatch(Node match)
    {
        if (!match.Exists) return Match.Everything;
        if (!match.IsObject)
        {
            Refuse(match, $"is {Shown.Value(match)}, a map is expected");
            return Match.Everything;
        }
        OnlyKeys(match, "match", "kinds", "operations", "namespaces", "excludeNamespaces", "namespaceSelector", "objectSelector", "users", "groups", "excludeUsers", "excludeGroups");
        foreach (var selector in (string[])["namespaceSelector", "objectSelector"])
        {
            if (match[selector].Exists) Refuse(match[selector], "label selectors are not read by this version: match by namespaces, kinds, users and groups");
        }
        var kinds = Catalogue.Kinds;
        return new Match
        {
            Kinds = Choices(match["kinds"u8], kinds, k => k.Name),
            Operations = Choices(match["operations"u8], [Operation.Create, Operation.Update, Operation.Delete], o => o.ToString().ToUpperInvariant()),
            Namespaces = Names(match["namespaces"u8]),
            ExcludeNamespaces = Names(match["excludeNamespaces"u8]),
            Users = Names(match["users"u8]),
            Groups = Names(match["groups"u8]),
            ExcludeUsers = Names(match["excludeUsers"u8]),
            ExcludeGroups = Names(match["excludeGroups"u8]),
        };
    }

    private List<string> Names(Node list)
    {
        var names = new List<string>();
        if (list.Exists && !list.IsArray) Refuse(list, $"is {Shown.Value(list)}, a list is expected");
        foreach (var item in list.Items)
        {
            var node = new Node(item);
            if (node.Text is { Length: > 0 } text) names.Add(text);
            else Refuse(node, $"is {Shown.Value(node)}, a name is expected");
        }
        return names;
    }

    private List<T> Choices<T>(Node list, IReadOnlyList<T> valid, Func<T, string> write)
    {
        var chosen = new List<T>();
        if (list.Exists && !list.IsArray) Refuse(list, $"is {Shown.Value(list)}, a list is expected");
        foreach (var item in list.Items)
        {
            var node = new Node(item);
            var at = node.Text is { } text ? valid.ToList().FindIndex(v => write(v) == text) : -1;
            if (at >= 0) chosen.Add(valid[at]);
            else Refuse(node, $"is {Shown.Value(node)}; valid are {string.Join(", ", valid.Select(write))}{Nearest.Hint(node.Text ?? "", valid.Select(write))}");
        }
        return chosen;
    }

    private string Choice(Node node, string absent, string[] valid)
    {
        if (!node.Exists) return absent;
        if (node.Text is { } text && valid.Contains(text, StringComparer.Ordinal)) return text;
        Refuse(node, $"is {Shown.Value(node)}; valid are {string.Join(", ", valid)}{Nearest.Hint(node.Text ?? "", valid)}");
        return absent;
    }

    private bool Flag(Node node, bool absent)
    {
        if (!node.Exists) return absent;
        if (new Reader().Boolean(node) is { } flag) return flag;
        Refuse(node, $"is {Shown.Value(node)}, true or false is expected");
        return absent;
    }

    private void OnlyKeys(Node map, string where, params string[] valid) => OnlyNames(map, where, "key", valid);

    private void OnlyNames(Node map, string where, string noun, string[] valid)
    {
        foreach (var entry in map.Entries)
        {
            if (valid.Contains(entry.Name, StringComparer.Ordinal)) continue;
            Refuse(new Node(entry.Value), $"{where} has no {noun} {Shown.Quote(entry.Name)}{Nearest.Hint(entry.Name, valid)}");
        }
    }

    private void Refuse(Place at, string message) => errors.Add(new PolicyError(Pointer.Of(root, at), message));
}
