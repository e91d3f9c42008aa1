using System.CommandLine;
using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Manifests;
using AdmissionGuard.Output;

namespace AdmissionGuard.Commands;

/// <summary><c>check</c>: the verdicts of admission on manifests, with file and line, without a cluster.</summary>
internal static class CheckCommand
{
    public static Command Make(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "files, folders, or - for standard input", Arity = ArgumentArity.OneOrMore };
        Usage.RefuseOptionsAmong(paths);
        var old = new Option<string[]>("--old") { Description = "the manifests as they are stored: what changes is judged as an update, what is missing as a deletion", HelpName = "PATH" };
        var user = new Option<string?>("--user") { Description = "who would write them; without it Argo CD's account", HelpName = "NAME" };
        var @namespace = new Option<string>("--namespace") { Description = "for objects that name none", DefaultValueFactory = _ => "default", HelpName = "NAME" };
        var exclude = new Option<string[]>("--exclude") { Description = "paths to leave out; * and ** (repeatable)", HelpName = "GLOB" };
        var output = new Option<string>("--output", "-o") { Description = "text or json", DefaultValueFactory = _ => "text", HelpName = "FORMAT" };
        output.AcceptOnlyFromAmong("text", "json");
        var failOn = new Option<string>("--fail-on") { Description = "exit status 1 from this on: deny, warn or never", DefaultValueFactory = _ => "deny", HelpName = "LEVEL" };
        failOn.AcceptOnlyFromAmong("deny", "warn", "never");
        var audit = new Option<bool>("--audit") { Description = "show audit findings in the text too" };
        var policies = new PolicyOptions();
        var command = new Command("check", "Reviews manifests: the same verdicts as in the cluster, with file and line.") { paths, old, user, @namespace, exclude, output, failOn, audit };
        policies.AddTo(command);
        var repairs = new RepairOptions();
        repairs.AddTo(command);
        command.SetAction(parsed =>
        {
            Usage.ReadInputOnce(parsed.GetValue(paths)!, parsed.GetValue(old) ?? [], policies.Paths(parsed));
            var now = DateTimeOffset.UtcNow;
            var guards = policies.Read(parsed, terminal, now);
            var excludes = parsed.GetValue(exclude) ?? [];
            using var repairing = repairs.Read(parsed, parsed.GetValue(paths)!, parsed.GetValue(output)!, terminal);
            var manifests = ManifestFiles.Read(parsed.GetValue(paths)!, excludes, repairing.Input);
            var stored = parsed.GetValue(old) is { Length: > 0 } from ? ManifestFiles.Read(from, excludes, terminal.In) : null;
            var actor = parsed.GetValue(user) is { } name ? new Actor(name, []) : new Actor(guards.Settings.GitOps.FirstOrDefault(Actor.GitOps.User), []);
            var review = new ManifestReview(actor, parsed.GetValue(@namespace)!, now);
            var report = repairing.Run(review.Run(guards.Cluster, manifests, stored), () => review.Run(guards.Cluster, ManifestFiles.Read(parsed.GetValue(paths)!, excludes, Stream.Null), stored));
            report = report with { Errors = [.. guards.Errors, .. report.Errors] };

            foreach (var notice in manifests.Notices.Concat(report.Notices)) terminal.Error.WriteLine(Shown.Clean(notice));
            if (parsed.GetValue(output) == "json") terminal.Out.WriteLine(CheckJson.Write(report));
            else CheckText.Write(terminal.Out, report, terminal.Colours, parsed.GetValue(audit));
            terminal.Out.Flush(); // what was judged stands before what could not be
            foreach (var error in report.Errors) terminal.Error.WriteLine(Shown.Clean(error.ToString()));
            return report.ExitStatus(parsed.GetValue(failOn) switch
            {
                "warn" => GuardAction.Warn,
                "never" => GuardAction.Off,
                _ => GuardAction.Deny,
            });
        });
        return command;
    }
}
