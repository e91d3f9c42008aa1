using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Contract;

/// <summary>A rule as one policy wants it.</summary>
public sealed record RuleSetting(Rule Rule, GuardAction Action, bool Fix, IReadOnlyList<object> Values)
{
    public static RuleSetting Of(Rule rule, Profile profile) =>
        new(rule, rule.In(profile).Action, rule.In(profile).Fix, [.. rule.Parameters.Select(p => p.In(profile))]);

    /// <summary>With another value of a parameter.</summary>
    internal RuleSetting With(Parameter parameter, object value) =>
        this with
        {
            Values = [.. Values.Select((v, i) => ReferenceEquals(Rule.Parameters[i], parameter) ? value : v)],
        };

    /// <summary>Throws where the rule did not declare the parameter: that is a bug of the rule.</summary>
    public object ValueOf(Parameter parameter)
    {
        for (var i = 0; i < Rule.Parameters.Count; i++)
        {
            if (ReferenceEquals(Rule.Parameters[i], parameter))
                return Values[i];
        }
        throw new InvalidOperationException($"rule {Rule.Id} reads parameter {parameter.Name}, which it does not declare");
    }
}
