using System.Reflection;
using AdmissionGuard.Core;

namespace AdmissionGuard.Guides;

/// <summary>
/// A manifest that breaks a rule, what is said of it, and one that keeps it: the rule's own golden cases, put into the program by the build.
/// </summary>
/// <param name="Before">As it was stored, where the rule judges a change; null otherwise.</param>
/// <param name="Said">What <c>check</c> prints of the bad one.</param>
internal sealed record RuleExample(string Bad, string? Before, string Said, string Good)
{
    /// <summary>A law holds every rule to having the cases.</summary>
    public static RuleExample Of(Rule rule) =>
        new(Read(rule, "bad.yaml")!, Read(rule, "bad.old.yaml"), WithoutTotals(Read(rule, "bad.expected")!), Read(rule, "good.yaml")!);

    private static string? Read(Rule rule, string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"cases/{rule.Id}/{file}");
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    private static string WithoutTotals(string expected)
    {
        var end = expected.LastIndexOf("\n\n", StringComparison.Ordinal);
        return end < 0 ? expected : expected[..end];
    }
}
