using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Guides;

/// <summary>What one pastes to change a rule, or to except an object from it.</summary>
internal static class RuleSnippets
{
    /// <summary>An entry of a policy's <c>rules</c>, as baseline has it, or strict where baseline leaves it off.</summary>
    public static string InPolicy(Rule rule)
    {
        var action = rule.Baseline.Action == GuardAction.Off ? rule.Strict.Action : rule.Baseline.Action;
        var isFixed = rule.Baseline.Fix ? "true" : "false";
        var fix = rule.Fixable ? $"\n  fix: {isFixed}   # inject the default first" : "";
        var parameters =
            rule.Parameters.Count == 0
                ? ""
                : $"\n  parameters: {{{rule.Parameters[0].Name}: {rule.Parameters[0].Write(rule.Parameters[0].Default)}}}";
        return $"- rule: {rule.Id}\n  action: {Words.Of(action)}   # deny | warn | audit | off{fix}{parameters}";
    }

    /// <param name="ends">When, as RFC 3339 has it.</param>
    public static string Exception(Rule rule, string ends) =>
        $$"""
            apiVersion: {{PolicyReader.ApiVersion}}
            kind: {{ExceptionReader.Kind}}
            metadata:
              name: NAME-{{rule.Id}}
            spec:
              rules: [{{rule.Id}}]
              match: {kinds: [{{rule.Kinds[0]}}], namespaces: [NAMESPACE], names: [NAME]}   # exact, no *
              owner: TEAM
              reason: "why it cannot be kept, in {{Reason.LeastLength}} characters or more"
              expires: "{{ends}}"   # at most {{GuardSettings.Default.MaxExceptionDays}} days away, unless the settings say otherwise
            """.ReplaceLineEndings("\n");
}
