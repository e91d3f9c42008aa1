using System.CommandLine;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using AdmissionGuard.Findings;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--previous</c>: an earlier report, so that a page says what is new since and what is gone.</summary>
internal sealed class PreviousOption
{
    private readonly Option<string?> previous = new("--previous")
    {
        Description = "an earlier report of --output json: html shows what changed since",
        HelpName = "FILE",
    };

    /// <param name="output">The option of the format: others than html would drop the file without a word.</param>
    public void AddTo(Command command, Option<string> output)
    {
        command.Add(previous);
        command.Validators.Add(given =>
        {
            if (given.GetValue(previous) is not null && given.GetValue(output) != "html")
                given.AddError("--previous is for --output html: no other format shows what changed");
        });
    }

    /// <summary>Null where none is given.</summary>
    /// <exception cref="InputException">The file could not be read, or is no report.</exception>
    public EarlierReport? Read(ParseResult parsed)
    {
        if (parsed.GetValue(previous) is not { } path)
            return null;
        try
        {
            return EarlierReport.Read(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"{Shown.Clean(path)}: "
                    + $"{(e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : $"cannot be read: {e.Message}")}"
            );
        }
    }
}
