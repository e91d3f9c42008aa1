using System.CommandLine;
using System.Globalization;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using AdmissionGuard.Policies;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Commands;

/// <summary><c>test</c>: a team's own cases for its own policies, in the format of this project's own.</summary>
internal static class TestCommand
{
    public static Command Make(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description =
                "folders with cases, or single ones: NAME.yaml, NAME.old.yaml for an update, NAME.policy.yaml or policy.yaml, NAME.expected",
            Arity = ArgumentArity.OneOrMore,
        };
        Usage.RefuseOptionsAmong(paths);
        var update = new Option<bool>("--update")
        {
            Description = "write what is said now into the .expected files: read the diff before you commit it",
        };
        var at = new Option<string?>("--now")
        {
            Description = "the time at which they are judged, so that exceptions in them do not end: 2026-11-21T12:00:00Z",
            HelpName = "TIME",
        };
        var policies = new PolicyOptions();
        var command = new Command("test", "Runs a team's own cases for its own policies.") { paths, update, at };
        policies.AddTo(command);
        command.SetAction(parsed =>
        {
            var now = TimeOf(parsed.GetValue(at));
            var given = policies.Given(parsed, terminal, now);
            var cases = parsed.GetValue(paths)!.SelectMany(PolicyCase.In).DistinctBy(c => c.Name, StringComparer.Ordinal).ToList();
            if (cases.Count == 0)
                throw new InputException($"{string.Join(", ", parsed.GetValue(paths)!)}: there is no case, a file NAME.yaml");
            var told = new HashSet<string>(StringComparer.Ordinal); // a policy of a folder is read for each case in it
            var ok = 0;
            var written = 0;
            var failed = 0;
            var unreadable = 0;
            foreach (var one in cases)
            {
                if (Judge(one, given, now, told, terminal) is not { } text)
                {
                    unreadable++;
                    continue;
                }
                var expected = File.Exists(one.Expected) ? File.ReadAllText(one.Expected).ReplaceLineEndings("\n") : null;
                if (expected == text)
                {
                    ok++;
                    terminal.Out.WriteLine($"ok       {one.Name}");
                }
                else if (parsed.GetValue(update))
                {
                    AtomicFile.Write(one.Expected, text);
                    written++;
                    terminal.Out.WriteLine($"written  {one.Expected}");
                }
                else
                {
                    failed++;
                    terminal.Out.WriteLine($"FAILED   {one.Name}");
                    terminal.Out.Write(
                        expected is null
                            ? $"  {one.Expected} is not there: --update writes it\n"
                            : UnifiedDiff.Of(expected, text, one.Expected, "what is said now")
                    );
                }
            }
            terminal.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cases.Count} {(cases.Count == 1 ? "case" : "cases")}: {ok} ok, {failed} "
                        + $"failed{(written > 0 ? $", {written} written" : "")}{(unreadable > 0 ? $", {unreadable} not judged" : "")}"
                )
            );
            if (unreadable > 0)
                return 2;
            return failed > 0 ? 1 : 0;
        });
        return command;
    }

    /// <summary>Null, with the reason told, where it cannot be judged: the others are.</summary>
    private static string? Judge(PolicyCase one, PolicySet? given, DateTimeOffset now, HashSet<string> told, Terminal terminal)
    {
        try
        {
            return one.Text(given, now, Tell);
        }
        catch (InputException e)
        {
            terminal.Error.WriteLine(Shown.Clean(e.Message));
            return null;
        }

        void Tell(string notice)
        {
            if (told.Add(notice))
                terminal.Error.WriteLine(Shown.Clean(notice));
        }
    }

    private static DateTimeOffset TimeOf(string? text)
    {
        if (text is null)
            return TimeProvider.System.GetUtcNow();
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new InputException($"--now {text}: a time such as 2026-11-21T12:00:00Z is expected");
    }
}
