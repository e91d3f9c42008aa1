using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Guides;

/// <summary>The catalogue for people.</summary>
internal static class RulesText
{
    private const int Width = 100;

    public static void WriteList(TextWriter output, IReadOnlyList<Rule> rules)
    {
        var width = rules.Max(r => r.Id.Length);
        output.WriteLine($"{"RULE".PadRight(width)}  BASELINE  STRICT  REPAIR  DEMAND");
        foreach (var rule in rules)
        {
            output.WriteLine(
                $"{rule.Id.PadRight(width)}  {Words.Of(rule.Baseline.Action), -8}  {Words.Of(rule.Strict.Action), -6}  {Repair(rule), -6}  "
                    + $"{rule.Summary}"
            );
        }
        output.WriteLine();
        output.WriteLine("one rule explained:  admissionguard rules ID");
    }

    /// <param name="now">An exception to copy must end, and soon enough.</param>
    public static void WriteOne(TextWriter output, Rule rule, DateTimeOffset now)
    {
        output.WriteLine(rule.Id);
        output.WriteLine();
        WriteWrapped(output, rule.Summary);
        WriteWrapped(output, rule.Why);
        WriteWrapped(output, rule.Remedy);
        output.WriteLine($"judges    {string.Join(", ", rule.Kinds)}{(rule.Reads.Count > 0 ? $"; looks up {string.Join(", ", rule.Reads)}" : "")}");
        output.WriteLine($"baseline  {Words.Of(rule.Baseline.Action)}{(rule.Baseline.Fix ? ", repaired where possible" : "")}");
        output.WriteLine($"strict    {Words.Of(rule.Strict.Action)}{(rule.Strict.Fix ? ", repaired where possible" : "")}");
        if (rule.Parameters.Count > 0)
            output.WriteLine("\nparameters");
        foreach (var parameter in rule.Parameters)
        {
            var strict =
                parameter.Write(parameter.StrictDefault) is var value && value != parameter.Write(parameter.Default) ? $", {value} in strict" : "";
            var bounds = parameter.Minimum is null ? "" : $"; {parameter.Minimum} to {parameter.Maximum}";
            output.WriteLine($"  {parameter.Name}: {parameter.Write(parameter.Default)}{strict} ({parameter.Type}{bounds})");
            output.WriteLine($"      {parameter.Description}");
        }
        output.WriteLine();
        output.WriteLine("in a policy");
        WriteIndented(output, RuleSnippets.InPolicy(rule));
        output.WriteLine("\nto except one object for a while, in a file for --policy");
        WriteIndented(output, RuleSnippets.Exception(rule, Ends(now)));
        var example = RuleExample.Of(rule);
        if (example.Before is not null)
        {
            output.WriteLine("\nstored");
            WriteIndented(output, example.Before);
        }
        output.WriteLine(example.Before is null ? "\nbad" : "\nbad, as the next version of it");
        WriteIndented(output, example.Bad);
        output.WriteLine("\nwhat check says of it");
        WriteIndented(output, example.Said);
        output.WriteLine("\ngood");
        WriteIndented(output, example.Good);
    }

    private static void WriteIndented(TextWriter output, string text)
    {
        foreach (var line in text.Split('\n'))
            output.WriteLine(line.Length == 0 ? "" : "  " + line);
    }

    private static string Ends(DateTimeOffset now) => $"{Times.Day(now.AddDays(30))}T00:00:00Z";

    private static string Repair(Rule rule)
    {
        if (!rule.Fixable)
            return "-";
        return rule.Baseline.Fix ? "on" : "off";
    }

    private static void WriteWrapped(TextWriter output, string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length + 1 > Width)
            {
                output.WriteLine(line);
                line = "";
            }
            line += line.Length == 0 ? word : " " + word;
        }
        output.WriteLine(line);
        output.WriteLine();
    }
}
