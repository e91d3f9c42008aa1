using System.Reflection;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Files;

namespace AdmissionGuard.Guides;

/// <summary>
/// A manifest that breaks a rule, what is said of it, and one that keeps it: the rule's own golden cases, put into the program by the build.
/// </summary>
/// <param name="Before">As it was stored, where the rule judges a change; null otherwise.</param>
/// <param name="Said">What <c>check</c> prints of the bad one.</param>
internal sealed record RuleExample(string Bad, string? Before, string Said, string Good)
{
    /// <summary>A law holds every rule to having the cases.</summary>
    public static RuleExample Of(Rule rule) => Of(rule, Embedded);

    /// <summary>From cases that are kept elsewhere, such as those of a rule that is being written.</summary>
    /// <param name="read">The text of a rule's case by its file's name; null where there is no such file.</param>
    /// <exception cref="InputException">There is no case, or the program was built before it had one.</exception>
    public static RuleExample Of(Rule rule, Func<Rule, string, string?> read)
    {
        return new(Text("bad.yaml"), Optional("bad.old.yaml"), WithoutTotals(Text("bad.expected")), Text("good.yaml"));

        string? Optional(string file) => read(rule, file)?.ReplaceLineEndings("\n").TrimEnd('\n');

        string Text(string file) => Optional(file) ?? throw new InputException($"rule {rule.Id} was built without its case {file}: build again");
    }

    private static string? Embedded(Rule rule, string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"cases/{rule.Id}/{file}");
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string WithoutTotals(string expected)
    {
        var end = expected.LastIndexOf("\n\n", StringComparison.Ordinal);
        return end < 0 ? expected : expected[..end];
    }
}
