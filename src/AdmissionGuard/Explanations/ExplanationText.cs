using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;

namespace AdmissionGuard.Explanations;

/// <summary>For people: who takes a request, before and after, and which routes it passed on the way.</summary>
internal static class ExplanationText
{
    /// <summary>More routes that were passed are counted.</summary>
    private const int Shows = 20;

    public static void Write(TextWriter output, RequestExplanation explanation)
    {
        output.WriteLine($"{Shown.Clean(explanation.Request)}, to {Shown.Clean(explanation.Where)}");
        if (explanation.Before is { } before)
            output.WriteLine($"before: {Shown.Clean(Text(before))}");
        output.WriteLine($"{(explanation.Before is null ? "takes it" : "after")}: {Shown.Clean(Text(explanation.After))}");
        if (explanation.Passed.Count > 0)
            output.WriteLine("passed on the way:");
        foreach (var passed in explanation.Passed.Take(Shows))
            output.WriteLine($"  {Shown.Clean($"{passed.Title} of {passed.Kind} {passed.Namespace}/{passed.Name}: {passed.Because}")}");
        if (explanation.Passed.Count > Shows)
            output.WriteLine($"  and {explanation.Passed.Count - Shows} more");
    }

    private static string Text(ExplainedTaker taker)
    {
        if (taker.Kind.Length == 0)
            return $"no route, the answer is {taker.Answer}";
        var whose = $"{taker.Kind} {taker.Namespace}/{taker.Name}";
        var route = taker.Title.Length == 0 ? whose : $"{taker.Title} of {whose}";
        if (taker.Answer is { } answer)
            return $"{route}, which answers {answer} by itself";
        var shares = string.Join(", ", taker.Shares.Select(s => $"{Shown.Percent(s.Percent)} to {s.Destination}"));
        var timeout = taker.Timeout is { } time ? $"timeout {Durations.Write(time)}" : "no timeout";
        return $"{route}: {shares}; {(taker.Tries == 1 ? "1 try" : $"at most {taker.Tries} tries")}, {timeout}";
    }
}
