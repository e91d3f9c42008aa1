using System.CommandLine;
using AdmissionGuard.Checks;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands;

/// <summary><c>check</c>: the verdicts of admission on manifests, with file and line, without a cluster.</summary>
internal static class CheckCommand
{
    public static Command Make(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "files, folders, or - for standard input", Arity = ArgumentArity.OneOrMore };
        Usage.RefuseOptionsAmong(paths);
        var old = new Option<string[]>("--old")
        {
            Description =
                "the manifests as they are stored, or git:REV for the same paths in a revision: what changes is judged as an update, what is "
                + "missing as a deletion",
            HelpName = "PATH",
        };
        var user = new Option<string?>("--user") { Description = "who would write them; without it Argo CD's account", HelpName = "NAME" };
        var @namespace = new Option<string>("--namespace")
        {
            Description = "for objects that name none",
            DefaultValueFactory = _ => "default",
            HelpName = "NAME",
        };
        var exclude = new Option<string[]>("--exclude") { Description = "paths to leave out; * and ** (repeatable)", HelpName = "GLOB" };
        var report = new OutputOptions();
        var policies = new PolicyOptions();
        var command = new Command("check", "Reviews manifests: the same verdicts as in the cluster, with file and line.")
        {
            paths,
            old,
            user,
            @namespace,
            exclude,
        };
        report.AddTo(command);
        policies.AddTo(command);
        var repairs = new RepairOptions();
        repairs.AddTo(command);
        command.SetAction(parsed =>
        {
            Usage.ReadInputOnce(parsed.GetValue(paths)!, parsed.GetValue(old) ?? [], policies.Paths(parsed));
            var now = DateTimeOffset.UtcNow;
            var guards = policies.Read(parsed, terminal, now);
            var excludes = parsed.GetValue(exclude) ?? [];
            using var repairing = repairs.Read(parsed, parsed.GetValue(paths)!, report.Format(parsed), terminal);
            var manifests = ManifestFiles.Read(parsed.GetValue(paths)!, excludes, repairing.Input);
            var stored = OldManifests.Read(parsed.GetValue(old) ?? [], parsed.GetValue(paths)!, excludes, terminal.In);
            var actor = parsed.GetValue(user) is { } name ? new Actor(name, []) : guards.Settings.Syncing;
            var review = new ManifestReview(actor, parsed.GetValue(@namespace)!, now);
            var found = repairing.Run(review.Run(guards.Cluster, manifests, stored), () =>
                review.Run(guards.Cluster, ManifestFiles.Read(parsed.GetValue(paths)!, excludes, Stream.Null), stored)
            );
            return report.Write(
                parsed,
                found with
                {
                    Errors = [.. guards.Errors, .. found.Errors],
                    Notices = [.. guards.Notices.Select(n => n.ToString()), .. manifests.Notices, .. stored?.Notices ?? [], .. found.Notices],
                },
                terminal,
                now,
                parsed.GetValue(paths)!
            );
        });
        return command;
    }
}
