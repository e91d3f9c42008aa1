using System.Text.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Tests.Oracles.Argo;

/// <summary>Which Rollouts Argo's own validation refuses (argo-rollouts 9f8d111), compared with what the rules about it deny.</summary>
public sealed class ValidityOracleTests
{
    private static readonly string[] Validity = ["rollout-validity", "rollout-managed-routes"];

    /// <summary>What differs on purpose, by case, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["v1-0022"] = NotGiven,
        ["v1-0148"] = NotGiven,
        ["v1-0167"] = NotGiven,
    };

    private const string NotGiven = "An AnalysisTemplate that is not among the manifests, of a kind of which none is: it may be in the cluster.";

    [Fact]
    public void The_rules_deny_what_Argo_refuses_and_nothing_else()
    {
        var differing = new List<string>();
        var refused = 0;
        foreach (var of in ArgoCase.Read("validation").Where(c => !OnPurpose.ContainsKey(c.Id)))
        {
            var denied = Validity.SelectMany(of.Of).Where(f => f.Judgement.Action == GuardAction.Deny).Select(f => f.Judgement.Finding).ToList();
            var said = string.Join("; ", denied.Select(f => f.Message));
            if (of.Facts.TryGetProperty("decode", out var decode))
            {
                if (denied.Count == 0 && of.Report.Errors.Count == 0 && !of.Findings.Any(IsAboutAType))
                    differing.Add($"{of.Id}: Argo cannot read it ({decode}), and nothing is said");
                continue;
            }
            var errors =
                of.Facts.TryGetProperty("errors", out var e) && e.ValueKind == JsonValueKind.Array
                    ? e.EnumerateArray().Select(t => t.ToString()).ToList()
                    : [];
            refused += errors.Count > 0 ? 1 : 0;
            if (errors.Count > 0 && denied.Count == 0)
                differing.Add($"{of.Id}: Argo refuses it: {string.Join("; ", errors)}");
            else if (errors.Count == 0 && ArgoCase.Text(of.Facts, "references").Length == 0 && denied.Count > 0)
                differing.Add($"{of.Id}: Argo takes it, said: {said}");
        }
        Assert.True(refused > 80, $"only {refused} are refused");
        Assert.True(differing.Count == 0, $"{differing.Count} differ:\n" + string.Join('\n', differing));
    }

    private static bool IsAboutAType(LocatedFinding found) =>
        found.Judgement is { Action: GuardAction.Deny, Finding.Message: var said }
        && (said.Contains("is not", StringComparison.Ordinal) || said.Contains("expected", StringComparison.Ordinal));

    [Fact]
    public void Something_is_said_where_Argo_refuses_for_what_the_Rollout_names()
    {
        string[] rules = [.. Validity, "rollout-references", "rollout-analysis-effect"];
        var differing = ArgoCase
            .Read("validation")
            .Where(c => ArgoCase.Text(c.Facts, "references").Length > 0 && !rules.Any(r => c.Of(r).Any()) && !OnPurpose.ContainsKey(c.Id))
            .Select(c => $"{c.Id}: {c.Facts.GetProperty("references")}")
            .ToList();
        Assert.True(differing.Count == 0, $"{differing.Count} differ:\n" + string.Join('\n', differing));
    }
}
