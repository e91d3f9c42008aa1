using System.CommandLine;
using AdmissionGuard.Checks;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Files;
using AdmissionGuard.Findings;
using AdmissionGuard.Formats;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Commands;

/// <summary><c>audit</c>: what is stored in clusters, judged by the same policies as if it were applied now.</summary>
internal static class AuditCommand
{
    public static Command Make(Terminal terminal)
    {
        var clusters = new ClustersOptions();
        var policies = new PolicyOptions();
        var report = new OutputOptions();
        var owner = new Option<string>("--owner-label")
        {
            Description = "label of an object, or else of its namespace, that says who answers for it",
            DefaultValueFactory = _ => "team",
            HelpName = "KEY",
        };
        var command = new Command("audit", "Judges everything that is stored in clusters, by their own policies or by those given.") { owner };
        clusters.AddTo(command);
        policies.AddTo(command);
        report.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var given = policies.Given(parsed, terminal, now);
                var progress = new ListingProgress(terminal);
                var reports = new List<CheckReport>();
                var asked = clusters.Connect(parsed, TimeProvider.System);
                foreach (var (name, server) in asked)
                    reports.Add(await Audit(name, server, given, parsed.GetValue(owner)!, progress, stop));
                progress.Clear();
                return report.Write(parsed, Together(reports), terminal, now, [.. asked.Select(c => c.Name)], (output, whole, options) =>
                {
                    CheckText.Write(output, whole, options);
                    AuditSummary.Write(output, whole, parsed.GetValue(owner)!);
                });
            }
        );
        return command;
    }

    /// <summary>A cluster that cannot be asked is an error of the report: the others are judged.</summary>
    private static async Task<CheckReport> Audit(
        string name,
        IApiServer server,
        PolicySet? given,
        string ownerLabel,
        ListingProgress progress,
        CancellationToken stop
    )
    {
        using var connected = server;
        try
        {
            var snapshot = await Snapshot.Take(server, given, TimeProvider.System, (kind, count) => progress.Tell(name, kind, count), stop);
            return new StoredReview(name, ownerLabel, TimeProvider.System.GetUtcNow()).Run(snapshot);
        }
        catch (ApiException e)
        {
            return new CheckReport([], [new ManifestError(name, null, null, e.Message)], 0, []) { IsOfClusters = true };
        }
    }

    private static CheckReport Together(List<CheckReport> reports) =>
        reports.Count == 1
            ? reports[0]
            : new CheckReport(
                [.. reports.SelectMany(r => r.Findings)],
                [.. reports.SelectMany(r => r.Errors)],
                reports.Sum(r => r.Documents),
                [.. reports.SelectMany(r => r.Reviews)]
            )
            {
                Notices = [.. reports.SelectMany(r => r.Notices)],
                Exempted = reports.Sum(r => r.Exempted),
                Excluded = reports.Sum(r => r.Excluded),
                IsOfClusters = true,
                IsOfSeveralClusters = true,
            };
}
