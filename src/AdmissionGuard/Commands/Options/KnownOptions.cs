using System.CommandLine;
using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Known;

namespace AdmissionGuard.Commands.Options;

/// <summary>
/// <c>--known</c> and <c>--write-known</c>: a repository that has grown begins with what it has, and fails only for what is new or worse.
/// </summary>
internal sealed class KnownOptions
{
    private readonly Option<string?> file = new("--known")
    {
        Description = "findings of today, which do not fail unless they get worse",
        HelpName = "FILE",
    };
    private readonly Option<bool> write = new("--write-known") { Description = "write the file of --known from what is found now" };

    public void AddTo(Command command)
    {
        command.Add(file);
        command.Add(write);
        command.Validators.Add(given =>
        {
            if (given.GetValue(write) && given.GetValue(file) is null)
                given.AddError("--write-known writes the file of --known, which is not given");
        });
    }

    /// <summary>The report with what is known marked.</summary>
    /// <exception cref="InputException">The file could not be read or written.</exception>
    public CheckReport Apply(ParseResult parsed, CheckReport report, Terminal terminal)
    {
        if (parsed.GetValue(file) is not { } path)
            return report;
        if (!parsed.GetValue(write))
            return Mark(KnownFile.Read(path), report, path, terminal);
        if (report.Errors.Count > 0)
        {
            terminal.Error.WriteLine($"{Shown.Clean(path)}: not written, because not everything could be judged");
            return report;
        }
        var known = KnownFindings.Of(report);
        KnownFile.Write(path, known);
        terminal.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Shown.Clean(path)}: {known.Entries.Count} {CheckText.Plural("finding", known.Entries.Count)} written"
            )
        );
        return known.Mark(report).Report;
    }

    private static CheckReport Mark(KnownFindings known, CheckReport report, string path, Terminal terminal)
    {
        foreach (var notice in known.Notices)
            terminal.Error.WriteLine($"{Shown.Clean(path)}: {notice}");
        var (marked, gone, notGiven) = known.Mark(report);
        var stale = new List<string>();
        if (gone > 0)
            stale.Add(string.Create(CultureInfo.InvariantCulture, $"{gone} {(gone == 1 ? "entry no longer occurs" : "entries no longer occur")}"));
        if (notGiven > 0)
            stale.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{notGiven} {(notGiven == 1 ? "entry is" : "entries are")} of objects that were not given"
                )
            );
        if (stale.Count > 0)
            terminal.Error.WriteLine($"{Shown.Clean(path)}: {string.Join(", ", stale)}; --write-known writes it anew");
        return marked;
    }
}
