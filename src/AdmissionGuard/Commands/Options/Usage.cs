using System.CommandLine;
using System.CommandLine.Parsing;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands.Options;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class Usage
{
    /// <summary>Null where nothing is.</summary>
    public static string? Complaint(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
            return null;
        var verb = parsed.CommandResult.Command;
        if (verb is { Name: "generate" } && parsed.UnmatchedTokens is [var what, ..])
        {
            return $"there is nothing to generate called {Shown.Word(what)}{Nearest.Hint(what, verb.Subcommands.Select(c => c.Name))}; see "
                + $"admissionguard generate --help";
        }
        if (verb is not RootCommand)
            return $"{OneLine(parsed.Errors[0].Message).TrimEnd('.')}; see admissionguard {verb.Name} --help";
        if (parsed.UnmatchedTokens.Count == 0)
            return "a verb is missing; see admissionguard --help";
        var typed = parsed.UnmatchedTokens[0];
        return $"there is no verb {Shown.Word(typed)}{Nearest.Hint(typed, verb.Subcommands.Select(c => c.Name))}; see admissionguard --help";
    }

    /// <summary>A mistyped option must not pass for a path, and what follows it for another.</summary>
    public static void RefuseOptionsAmong(Argument paths) =>
        paths.Validators.Add(given =>
        {
            foreach (var token in given.Tokens)
            {
                if (token.Value.Length < 2 || token.Value[0] != '-')
                    continue;
                var options = ((CommandResult)given.Parent!).Command.Options.Select(o => o.Name);
                given.AddError($"there is no option {Shown.Word(token.Value)}{Nearest.Hint(token.Value, options)}");
                return;
            }
        });

    /// <exception cref="InputException">Two would read standard input, and one would find nothing.</exception>
    public static void ReadInputOnce(params IEnumerable<string>[] readers)
    {
        if (readers.Count(r => r.Contains(ManifestFiles.StandardInput)) > 1)
            throw new InputException("standard input (-) can be given only once");
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
