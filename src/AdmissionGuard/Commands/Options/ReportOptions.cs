using System.CommandLine;
using AdmissionGuard.Files;
using AdmissionGuard.Reports;

namespace AdmissionGuard.Commands.Options;

/// <summary>What a server does about reports.</summary>
internal enum ReportMode
{
    /// <summary>None are written and none removed.</summary>
    Untouched,

    Auto,

    /// <summary>Those that are there are removed.</summary>
    Off,
}

/// <summary>What was asked for.</summary>
internal sealed record ReportChoice(ReportMode Mode, bool Events, ReportPace Pace);

/// <summary>
/// <c>--reports</c> and <c>--events</c>. Without <c>--reports</c> those of the cluster are left alone: somebody who tries a server with a kubeconfig
/// must neither write into every namespace
/// nor remove what the installed one wrote.
/// </summary>
internal sealed class ReportOptions
{
    private readonly Option<string?> reports = new("--reports")
    {
        Description =
            "auto: one replica audits what is stored and writes it as OpenReports or PolicyReports, whichever is installed; off: it removes "
            + "them; without it they are left alone",
        HelpName = "auto|off",
    };

    private readonly Option<bool> events = new("--events")
    {
        Description = "write an Event on the object where a change of it is denied or warned of, one an hour for each rule",
    };

    private readonly Option<double?> pace = new("--report-pace")
    {
        Description = "seconds between two rounds of the audit, for tests",
        Hidden = true,
    };

    public ReportOptions() =>
        reports.Validators.Add(given =>
        {
            if (given.Tokens.Count == 1 && given.Tokens[0].Value is not ("auto" or "off"))
                given.AddError($"--reports {given.Tokens[0].Value}: auto or off is expected");
        });

    public void AddTo(Command command)
    {
        command.Add(reports);
        command.Add(events);
        command.Add(pace);
    }

    /// <exception cref="InputException">It is asked for without a cluster.</exception>
    public ReportChoice Of(ParseResult parsed, bool byCluster)
    {
        var asked = parsed.GetValue(reports);
        if (!byCluster && asked is not null)
            throw new InputException($"--reports {asked}: reports are of a cluster: say --in-cluster, --kubeconfig or --context");
        if (!byCluster && parsed.GetValue(events))
            throw new InputException("--events: they are written in a cluster: say --in-cluster, --kubeconfig or --context");
        var usual = ReportPace.Usual;
        return new ReportChoice(
            asked switch
            {
                "auto" => ReportMode.Auto,
                "off" => ReportMode.Off,
                _ => ReportMode.Untouched,
            },
            parsed.GetValue(events),
            parsed.GetValue(pace) is { } seconds
                ? new ReportPace(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds * 10), usual.All)
                : usual
        );
    }
}
