using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reference;

/// <summary>What a GuardPolicy may say, as a structural schema; the same that <see cref="Policies.PolicyReader"/> reads.</summary>
internal static class PolicySchema
{
    /// <summary>Bounds what CEL over the rules may cost; the catalogue is far smaller.</summary>
    private const int MostRules = 256;

    public static YamlMap Spec()
    {
        var properties = new YamlMap
        {
            {
                "profile",
                Schema.OneOf(
                    "The built-in profile whose rules this policy starts from; its entries override them or switch them off. none, the "
                        + "default: only the rules below.",
                    ["baseline", "strict", "none"]
                )
            },
            {
                "mode",
                Schema.OneOf(
                    "Caps every action and every repair of this policy: warn tells and admits, audit only counts. Absent: enforce.",
                    ["enforce", "warn", "audit"]
                )
            },
            { "match", Match() },
            {
                "ratchet",
                Schema.Flag(
                    "Whether what a stored object has already is reported instead of refused or repaired. Absent: true, nothing that exists "
                        + "freezes or changes."
                )
            },
            { "rules", Schema.List("Rules by id, each at most once.", Entry(), max: MostRules).Keyed("rule") },
        };
        return Schema
            .Map("What is demanded, of which objects, and what becomes of an object that lacks it.", properties)
            .Holding(
                Schema.Law(
                    "(has(self.profile) && self.profile != 'none') || (has(self.rules) && size(self.rules) > 0)",
                    "names no rule and profile is none: this policy would do nothing"
                )
            );
    }

    /// <summary>An id of the catalogue, or a former one: a policy that is stored with it must stay valid.</summary>
    public static YamlMap RuleId(string description) => Schema.OneOf(description, Catalogue.AcceptedIds);

    private static YamlMap Entry()
    {
        var fixable = Catalogue.Rules.Where(r => r.Fixable).ToArray();
        var properties = new YamlMap
        {
            { "rule", RuleId("The rule's id; «admissionguard rules ID» explains it.") },
            {
                "action",
                Schema.OneOf(
                    "What becomes of a change that the rule objects to. Absent: as in the profile, else in baseline.",
                    ["deny", "warn", "audit", "off"]
                )
            },
            {
                "fix",
                Schema.Flag(
                    "Inject the rule's defaults where they are absent, and apply the action only to what no default repairs. Only for "
                        + string.Join(", ", fixable.Select(r => r.Id))
                        + "."
                )
            },
            { "parameters", ParameterSchema.Of(Catalogue.Rules) },
        };
        return Schema
            .Map("A rule as this policy wants it.", properties, "rule")
            .Holding([
                Schema.Law(
                    $"!has(self.fix) || !self.fix || {Schema.IsOneOf("self.rule", [.. fixable.SelectMany(r => r.AcceptedIds)])}",
                    "this rule has no repair",
                    ".fix"
                ),
                .. ParameterSchema.Laws(Catalogue.Rules),
            ]);
    }

    private static YamlMap Match()
    {
        const string Wild = "A name; * stands for any run of characters.";
        const string Exact = "An exact name.";
        return Schema.Map(
            "The objects and requests that this policy is about. Absent: everything. Items of a list are alternatives, the keys must all agree.",
            new YamlMap
            {
                { "kinds", Kinds("Kinds; absent: all that a rule judges.") },
                { "operations", Schema.List("Operations; absent: all.", Schema.OneOf("An operation.", [.. Words.Operations.Select(Words.Of)])) },
                { "namespaces", Schema.Names("Namespaces.", Wild) },
                { "excludeNamespaces", Schema.Names("Namespaces that this policy leaves alone.", Wild) },
                { "namespaceSelector", Selector("Labels of the namespace.") },
                {
                    "objectSelector",
                    Selector("Labels of the object; a policy holds where the old or the new object matches, so that nobody leaves by relabelling.")
                },
                { "users", Schema.Names("Users whose requests this policy is about.", Exact) },
                { "groups", Schema.Names("Groups whose requests this policy is about.", Exact) },
                { "excludeUsers", Schema.Names("Users whom this policy leaves alone, such as the account that restores a backup.", Exact) },
                { "excludeGroups", Schema.Names("Groups that this policy leaves alone.", Exact) },
            }
        );
    }

    public static YamlMap Kinds(string description, int min = 0) =>
        Schema.List(description, Schema.OneOf("A kind.", Catalogue.Kinds.Select(k => k.Name)), min);

    private static YamlMap Selector(string description)
    {
        var labels = new YamlMap
        {
            { "type", "object" },
            { "description", "Labels with exactly these values." },
            { "additionalProperties", Schema.Text("The label's value.") },
        };
        var expression = Schema.Map(
            "A demand on one label.",
            new YamlMap
            {
                { "key", Schema.Text("The label.", min: 1) },
                { "operator", Schema.OneOf("How the label's value relates to the values.", ["In", "NotIn", "Exists", "DoesNotExist"]) },
                { "values", Schema.List("Values, for In and NotIn.", Schema.Text("A value.")) },
            },
            "key",
            "operator"
        );
        return Schema.Map(
            description,
            new YamlMap { { "matchLabels", labels }, { "matchExpressions", Schema.List("Demands that must all hold.", expression) } }
        );
    }
}
