using System.Text;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Reference;

/// <summary>A built-in profile spelt out as a policy, to read and to copy: <c>policies/baseline.yaml</c> and <c>policies/strict.yaml</c>.</summary>
public static class ProfilePolicy
{
    public static string Yaml(Profile profile)
    {
        var name = GuardPolicy.NameOf(profile);
        var text = new StringBuilder();
        text.Append("# Generated from the catalogue: do not edit, copy. It says the same as «profile: ").Append(name).Append("».\n");
        text.Append("apiVersion: ")
            .Append(PolicyReader.ApiVersion)
            .Append("\nkind: ")
            .Append(PolicyReader.Kind)
            .Append("\nmetadata:\n  name: ")
            .Append(name)
            .Append("\nspec:\n  mode: enforce\n  rules:\n");
        foreach (var rule in Catalogue.Rules)
            Append(text, rule, profile);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Rule rule, Profile profile)
    {
        text.Append("  # ").Append(rule.Summary).Append('\n');
        text.Append("  - rule: ").Append(rule.Id).Append("\n    action: ").Append(Written(rule.In(profile).Action)).Append('\n');
        if (rule.Fixable)
            text.Append("    fix: ").Append(rule.In(profile).Fix ? "true" : "false").Append('\n');
        if (rule.Parameters.Count == 0)
            return;
        text.Append("    parameters:\n");
        foreach (var parameter in rule.Parameters)
        {
            text.Append("      ")
                .Append(parameter.Name)
                .Append(": ")
                .Append(parameter.Write(parameter.In(profile)))
                .Append("  # ")
                .Append(parameter.Description)
                .Append('\n');
        }
    }

    /// <summary>YAML 1.1, which kubectl reads, takes a bare off for false.</summary>
    private static string Written(GuardAction action) => action == GuardAction.Off ? "\"off\"" : Words.Of(action);
}
