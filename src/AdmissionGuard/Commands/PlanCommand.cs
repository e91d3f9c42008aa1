using System.CommandLine;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;
using AdmissionGuard.Plans;

namespace AdmissionGuard.Commands;

/// <summary><c>plan</c>: a rollout's exposure of users over time, in numbers and as a chart.</summary>
internal static class PlanCommand
{
    public static Command Make(Terminal terminal)
    {
        var paths = new Argument<string[]>("FILE")
        {
            Description = "files, folders, or - for standard input; two objects are compared",
            Arity = ArgumentArity.OneOrMore,
        };
        Usage.RefuseOptionsAmong(paths);
        var output = new Option<string>("--output", "-o")
        {
            Description = "text, svg or json",
            DefaultValueFactory = _ => "text",
            HelpName = "FORMAT",
        };
        output.AcceptOnlyFromAmong("text", "svg", "json");
        var command = new Command(
            "plan",
            "A Rollout's or Canary's exposure over time: shares of users, what can stop it where, what a bad version costs."
        )
        {
            paths,
            output,
        };
        command.SetAction(parsed =>
        {
            var manifests = ManifestFiles.Read(parsed.GetValue(paths)!, [], terminal.In);
            var report = PlanReader.Read(manifests);
            if (report is { Objects.Count: 0, Errors.Count: 0 })
                throw new InputException($"no Rollout or Canary to plan in {Shown.Clip(string.Join(", ", parsed.GetValue(paths)!), 200)}");

            foreach (var notice in report.Notices)
                terminal.Error.WriteLine(Shown.Clean(notice));
            if (parsed.GetValue(output) == "json")
                terminal.Out.WriteLine(PlanJson.Write(report));
            else if (report.Objects.Count > 0 && parsed.GetValue(output) == "svg")
                terminal.Out.Write(PlanSvg.Write(report));
            else if (report.Objects.Count > 0)
                PlanText.Write(terminal.Out, report, terminal.Colours);
            terminal.Out.Flush(); // what could be planned stands before what could not
            foreach (var error in report.Errors)
                terminal.Error.WriteLine(Shown.Clean(error.ToString()));
            return report.Errors.Count > 0 ? 2 : 0;
        });
        return command;
    }
}
