using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>
/// Reads a GuardPolicy. Everything that is wrong is said at once, with its place and the nearest valid name; a policy with an error is no policy,
/// because one that is half understood guards less than its author believes.
/// </summary>
public sealed class PolicyReader
{
    public const string Version = "v1alpha1";
    public const string ApiVersion = $"{ApiGroups.Guard}/{Version}";
    public const string Kind = "GuardPolicy";
    public const string Plural = "guardpolicies";

    private readonly Form form;

    private PolicyReader(Node root, Patience? patience) => form = new Form(root, patience);

    /// <summary>The policy, or null with the reasons why not.</summary>
    public static GuardPolicy? Read(Node document, out IReadOnlyList<PolicyError> errors, Patience? patience = null)
    {
        var reader = new PolicyReader(document, patience);
        var policy = reader.Policy();
        errors = reader.form.Errors;
        return errors.Count == 0 ? policy : null;
    }

    private GuardPolicy Policy()
    {
        var spec = form.Spec("a policy", "a policy's name stands in every refusal", "profile", "mode", "match", "ratchet", "rules");
        var profile = form.Choice(spec["profile"u8], "none", "baseline", "strict", "none");
        var mode = form.Choice(spec["mode"u8], "enforce", "enforce", "warn", "audit");
        var ratchet = form.Flag(spec["ratchet"u8], absent: true);
        var match = new MatchReader(form).Read(spec["match"u8]);
        var rules = ReadRules(
            spec["rules"u8],
            profile switch
            {
                "baseline" => Profile.Baseline,
                "strict" => Profile.Strict,
                _ => (Profile?)null,
            }
        );
        if (form.Errors.Count == 0 && rules.Count == 0)
            form.Refuse(Place.Of(spec, "rules"), "names no rule and profile is none: this policy would do nothing");
        return new GuardPolicy(
            form.Name,
            rules,
            match,
            mode switch
            {
                "warn" => PolicyMode.Warn,
                "audit" => PolicyMode.Audit,
                _ => PolicyMode.Enforce,
            },
            ratchet
        )
        {
            Notices = form.Notices,
        };
    }

    private List<RuleSetting> ReadRules(Node list, Profile? profile)
    {
        var settings = new Dictionary<string, RuleSetting>(StringComparer.Ordinal);
        if (profile is { } built)
        {
            foreach (var rule in Catalogue.Rules)
                settings[rule.Id] = RuleSetting.Of(rule, built);
        }
        if (list.Exists && !list.IsArray)
            form.Refuse(list, $"is {Shown.Value(list)}, a list of rules is expected");
        foreach (var item in list.Items)
            ReadRule(item, profile, settings);
        return [.. settings.Values.Where(s => s.Action != GuardAction.Off)];
    }

    private void ReadRule(Node entry, Profile? profile, Dictionary<string, RuleSetting> settings)
    {
        if (!entry.IsObject)
        {
            form.Refuse(entry, $"is {Shown.Value(entry)}, a map with the key rule is expected");
            return;
        }
        form.OnlyKeys(entry, "a rule's entry", "rule", "action", "fix", "parameters");
        if (entry["rule"u8].Text is not { } id)
        {
            form.Refuse(Place.Of(entry, "rule"), "names no rule");
            return;
        }
        if (form.Rule(entry["rule"u8], id, "policy") is not { } rule)
            return;

        var setting = settings.TryGetValue(rule.Id, out var given) ? given : RuleSetting.Of(rule, profile ?? Profile.Baseline) with { Fix = false };
        if (entry["action"u8].Exists)
        {
            setting = setting with
            {
                Action = form.Choice(entry["action"u8], "deny", "deny", "warn", "audit", "off") switch
                {
                    "warn" => GuardAction.Warn,
                    "audit" => GuardAction.Audit,
                    "off" => GuardAction.Off,
                    _ => GuardAction.Deny,
                },
            };
        }
        else if (setting.Action == GuardAction.Off)
        {
            // who names a rule that the profile leaves off wants it on
            setting = setting with { Action = rule.Strict.Action };
        }
        if (entry["fix"u8].Exists)
        {
            var fix = form.Flag(entry["fix"u8], absent: false);
            if (fix && !rule.Fixable)
                form.Refuse(entry["fix"u8], $"rule {id} has no repair");
            setting = setting with { Fix = fix };
        }
        settings[rule.Id] = setting with { Values = ReadParameters(entry["parameters"u8], rule, setting.Values) };
    }

    private IReadOnlyList<object> ReadParameters(Node map, Rule rule, IReadOnlyList<object> defaults)
    {
        if (!form.Map(map).Exists)
            return defaults;
        form.OnlyNames(map, $"rule {rule.Id}", "parameter", [.. rule.Parameters.Select(p => p.Name)]);
        var values = defaults.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var given = map[rule.Parameters[i].Name];
            if (!given.Exists)
                continue;
            if (rule.Parameters[i].Read(given, out var error) is { } value)
                values[i] = value;
            else
                form.Refuse(given, error!);
        }
        return values;
    }
}
