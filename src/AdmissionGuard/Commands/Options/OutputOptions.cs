using System.CommandLine;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--output</c>, <c>--fail-on</c>, <c>--audit</c> and the file of known findings: how a report is written, and what fails.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> output = new("--output", "-o")
    {
        Description = $"{string.Join(", ", ReportFormats.Names[..^1])} or {ReportFormats.Names[^1]}",
        DefaultValueFactory = _ => ReportFormats.Default,
        HelpName = "FORMAT",
    };
    private readonly Option<string> failOn = new("--fail-on")
    {
        Description = "exit status 1 from this on: deny, warn or never",
        DefaultValueFactory = _ => "deny",
        HelpName = "LEVEL",
    };
    private readonly Option<bool> audit = new("--audit") { Description = "show audit findings in formats for people too" };
    private readonly KnownOptions known = new();
    private readonly PreviousOption previous = new();

    public OutputOptions()
    {
        output.AcceptOnlyFromAmong(ReportFormats.Names);
        failOn.AcceptOnlyFromAmong("deny", "warn", "never");
    }

    public void AddTo(Command command)
    {
        command.Add(output);
        command.Add(failOn);
        command.Add(audit);
        known.AddTo(command);
        previous.AddTo(command, output);
    }

    public string Format(ParseResult parsed) => parsed.GetValue(output)!;

    /// <summary>Writes notices, the report, and what could not be judged; the exit status.</summary>
    /// <param name="at">What was looked at, as it was named: paths, or clusters.</param>
    /// <param name="text">Writes the format text where it is another than that of check.</param>
    public int Write(
        ParseResult parsed,
        CheckReport found,
        Terminal terminal,
        DateTimeOffset now,
        IReadOnlyList<string> at,
        Action<TextWriter, CheckReport, FormatOptions>? text = null
    )
    {
        var earlier = previous.Read(parsed);
        var report = known.Apply(parsed, found, terminal);
        foreach (var notice in report.Notices)
            terminal.Error.WriteLine(Shown.Clean(notice));
        var options = new FormatOptions(
            SourceRoot.Of(Environment.CurrentDirectory),
            FailOn(parsed.GetValue(failOn)!),
            parsed.GetValue(audit),
            terminal.Colours
        )
        {
            Now = now,
            At = at,
            Earlier = earlier,
        };
        var format = Format(parsed);
        if (text is not null && format == ReportFormats.Default)
            text(terminal.Out, report, options);
        else
            ReportFormats.Of(format)(terminal.Out, report, options);
        terminal.Out.Flush(); // what was judged stands before what could not be
        foreach (var error in report.Errors)
            terminal.Error.WriteLine(Shown.Clean(error.ToString()));
        return report.ExitStatus(options.FailOn);
    }

    private static GuardAction FailOn(string level) =>
        level switch
        {
            "warn" => GuardAction.Warn,
            "never" => GuardAction.Off,
            _ => GuardAction.Deny,
        };
}
