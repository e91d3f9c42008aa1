using System.Globalization;
using AdmissionGuard.Core.Contract;

namespace AdmissionGuard.Core.Reference;

/// <summary>
/// The parameters of all rules in one map, which is all that a structural schema can type: each name once, with what every rule makes of it in its
/// description.
/// Bounds that all rules share stand at the name; where rules differ, and which rule reads which name, is said in CEL at the rule's entry.
/// </summary>
internal static class ParameterSchema
{
    public static YamlMap Of(IReadOnlyList<Rule> rules)
    {
        var properties = new YamlMap();
        foreach (var uses in ByName(rules))
            properties.Add(uses.Key, Typed([.. uses]));
        return Schema.Map(
            "Values for the rule's parameters; absent ones are as the profile, else the catalogue has them. Each belongs to the rules that "
                + "its description names.",
            properties
        );
    }

    /// <summary>Over one entry of <c>spec.rules</c>.</summary>
    public static IEnumerable<YamlMap> Laws(IReadOnlyList<Rule> rules)
    {
        foreach (var uses in ByName(rules))
        {
            var readers = uses.SelectMany(u => u.Rule.AcceptedIds).ToArray();
            var absent = $"!has(self.parameters) || !has(self.parameters.{uses.Key})";
            yield return Schema.Law(
                $"{absent} || {Schema.IsOneOf("self.rule", readers)}",
                $"parameter {uses.Key} belongs to {string.Join(", ", uses.Select(u => u.Rule.Id))}",
                $".parameters.{uses.Key}"
            );
            if (IsShared([.. uses]))
                continue;
            foreach (var (rule, parameter) in uses)
            {
                var isAnother = string.Join(" && ", rule.AcceptedIds.Select(id => $"self.rule != {Schema.Quote(id)}"));
                if (rule.FormerIds.Count > 0)
                    isAnother = $"({isAnother})";
                yield return Schema.Law(
                    $"{absent} || {isAnother} || {Within(parameter, $"self.parameters.{uses.Key}")}",
                    $"parameter {uses.Key} of {rule.Id}: {parameter.Minimum} to {parameter.Maximum} is allowed",
                    $".parameters.{uses.Key}"
                );
            }
        }
    }

    private static IEnumerable<IGrouping<string, (Rule Rule, Parameter Parameter)>> ByName(IReadOnlyList<Rule> rules) =>
        rules
            .SelectMany(r => r.Parameters.Select(p => (Rule: r, Parameter: p)))
            .GroupBy(u => u.Parameter.Name, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal);

    private static YamlMap Typed((Rule Rule, Parameter Parameter)[] uses)
    {
        var first = uses[0].Parameter;
        var name = uses[0].Parameter.Name;
        if (uses.FirstOrDefault(u => u.Parameter.Type != first.Type) is { Rule: { } other })
        {
            throw new InvalidOperationException(
                $"parameter {name} is of type {first.Type} in {uses[0].Rule.Id} and of another in {other.Id}: one name, one type"
            );
        }
        var description = string.Join('\n', uses.Select(u => Describe(u.Rule, u.Parameter)));
        switch (first.Type)
        {
            case "integer":
                return Schema.Integer(description, uses.Min(u => Number(u.Parameter.Minimum!)), uses.Max(u => Number(u.Parameter.Maximum!)));
            case "boolean":
                return Schema.Flag(description);
            case "duration":
                var schema = Schema.DurationText(description);
                return IsShared(uses) ? schema.Holding(Schema.Law(Within(first, "self"), $"{first.Minimum} to {first.Maximum} is allowed")) : schema;
            case "string":
                return Schema.Text(description, min: 1);
            case "list":
                return Schema.Names(description, "A name; * stands for any run of characters.");
            default:
                throw new InvalidOperationException($"parameter {name} is of type {first.Type}, for which there is no schema");
        }
    }

    private static string Describe(Rule rule, Parameter parameter)
    {
        var usual = parameter.Write(parameter.Default);
        var strict = parameter.Write(parameter.StrictDefault);
        var text = $"{rule.Id}: {parameter.Description}; default {usual}";
        if (strict != usual)
            text += $", in the profile strict {strict}";
        return parameter.Minimum is null ? text : $"{text}; {parameter.Minimum} to {parameter.Maximum}";
    }

    private static bool IsShared((Rule Rule, Parameter Parameter)[] uses) =>
        uses.All(u => (u.Parameter.Minimum, u.Parameter.Maximum) == (uses[0].Parameter.Minimum, uses[0].Parameter.Maximum));

    private static string Within(Parameter parameter, string value) =>
        parameter.Type == "duration"
            ? $"(duration({value}) >= duration({Schema.Quote(parameter.Minimum!)}) && duration({value}) <= "
                + $"duration({Schema.Quote(parameter.Maximum!)}))"
            : $"({value} >= {parameter.Minimum} && {value} <= {parameter.Maximum})";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
