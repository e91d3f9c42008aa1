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
        var old = new Option<string[]>("--old") { Description = "the manifests as they are stored, or git:REV for the same paths in a revision: what changes is judged as an update, what is missing as a deletion", HelpName = "PATH" };
        var user = new Option<string?>("--user") { Description = "who would write them; without it Argo CD's account", HelpName = "NAME" };
        var @namespace = new Option<string>("--namespace") { Description = "for objects that name none", DefaultValueFactory = _ => "default", HelpName = "NAME" };
        var exclude = new Option<string[]>("--exclude") { Description = "paths to leave out; * and ** (repeatable)", HelpName = "GLOB" };
        var output = new Option<string>("--output", "-o") { Description = $"{string.Join(", ", Formats.Names[..^1])} or {Formats.Names[^1]}", DefaultValueFactory = _ => Formats.Default, HelpName = "FORMAT" };
        output.AcceptOnlyFromAmong(Formats.Names);
        var failOn = new Option<string>("--fail-on") { Description = "exit status 1 from this on: deny, warn or never", DefaultValueFactory = _ => "deny", HelpName = "LEVEL" };
        failOn.AcceptOnlyFromAmong("deny", "warn", "never");
        var audit = new Option<bool>("--audit") { Description = "show audit findings in text, github and markdown too" };
        var known = new KnownOptions();
        var previous = new PreviousOption();
        var policies = new PolicyOptions();
        var command = new Command("check", "Reviews manifests: the same verdicts as in the cluster, with file and line.") { paths, old, user, @namespace, exclude, output, failOn, audit };
        known.AddTo(command);
        previous.AddTo(command, output);
        policies.AddTo(command);
        command.SetAction(parsed =>
        {
            Usage.ReadInputOnce(parsed.GetValue(paths)!, parsed.GetValue(old) ?? [], policies.Paths(parsed));
            var earlier = previous.Read(parsed);
            var now = DateTimeOffset.UtcNow;
            var guards = policies.Read(parsed, terminal, now);
            var excludes = parsed.GetValue(exclude) ?? [];
            var manifests = ManifestFiles.Read(parsed.GetValue(paths)!, excludes, terminal.In);
            var stored = OldManifests.Read(parsed.GetValue(old) ?? [], parsed.GetValue(paths)!, excludes, terminal.In);
            var actor = parsed.GetValue(user) is { } name ? new Actor(name, []) : new Actor(guards.Settings.GitOps.FirstOrDefault(Actor.GitOps.User), []);
            var review = new ManifestReview(actor, parsed.GetValue(@namespace)!, now);
            var report = review.Run(guards.Cluster, manifests, stored);
            report = known.Apply(parsed, report with { Errors = [.. guards.Errors, .. report.Errors] }, terminal);

            foreach (var notice in (string[])[.. manifests.Notices, .. stored?.Notices ?? [], .. report.Notices]) terminal.Error.WriteLine(Shown.Clean(notice));
            var look = new Look(SourceRoot.Of(Environment.CurrentDirectory), FailOn(parsed.GetValue(failOn)!), parsed.GetValue(audit), terminal.Colours) { Now = now, At = parsed.GetValue(paths)!, Earlier = earlier };
            Formats.Of(parsed.GetValue(output)!)(terminal.Out, report, look);
            terminal.Out.Flush(); // what was judged stands before what could not be
            foreach (var error in report.Errors) terminal.Error.WriteLine(Shown.Clean(error.ToString()));
            return report.ExitStatus(look.FailOn);
        });
        return command;
    }

    private static GuardAction FailOn(string level) => level switch
    {
        "warn" => GuardAction.Warn,
        "never" => GuardAction.Off,
        _ => GuardAction.Deny,
    };
}
