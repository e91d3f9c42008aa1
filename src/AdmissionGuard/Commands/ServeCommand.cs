using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AdmissionGuard.Admission;
using AdmissionGuard.Certificates;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Decisions;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Loops;
using AdmissionGuard.Policies;
using AdmissionGuard.Reports;
using AdmissionGuard.Server;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Commands;

/// <summary><c>serve</c>: the webhook server. Alone, it listens on loopback with its own certificate and the profile baseline.</summary>
internal static class ServeCommand
{
    /// <summary>The exit status of a server whose work in the background ended.</summary>
    private const int Failed = 3;

    public static Command Make(Terminal terminal)
    {
        var listen = new Option<string>("--listen")
        {
            Description = "address and port",
            DefaultValueFactory = _ => "127.0.0.1:8443",
            HelpName = "ADDRESS:PORT",
        };
        var certDir = new Option<string?>("--cert-dir")
        {
            Description =
                "folder with tls.crt and tls.key that somebody else keeps; without it a certificate is made, in a cluster in its Secret, else "
                + "under certs/",
            HelpName = "DIR",
        };
        var drain = new Option<int>("--drain")
        {
            Description = "seconds between unready and the end after SIGTERM",
            DefaultValueFactory = _ => ServerLimits.DrainSeconds,
            HelpName = "SECONDS",
        };
        drain.Validators.Add(given =>
        {
            var typed = given.Tokens.Count == 1 && int.TryParse(given.Tokens[0].Value, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
            if (typed is < 0 or > ServerLimits.MostDrainSeconds)
                given.AddError($"--drain is {typed}, 0 to {ServerLimits.MostDrainSeconds} seconds are allowed");
        });
        var settle = new Option<double?>("--settle") { Description = "seconds for each step of a rotation, for tests", Hidden = true };
        var decisions = new DecisionLogOptions();
        var cluster = new ClusterOptions();
        var service = new ServiceOption();
        var policies = new PolicyOptions();
        var reports = new ReportOptions();
        var callers = new CallerOptions();
        var command = new Command("serve", "The webhook server: /validate, /mutate and /policies over TLS, /healthz, /readyz, /metrics.")
        {
            listen,
            certDir,
            drain,
            settle,
        };
        decisions.AddTo(command);
        cluster.AddTo(command);
        service.AddTo(command);
        policies.AddTo(command);
        reports.AddTo(command);
        callers.AddTo(command);
        command.SetAction(
            (parsed, stop) =>
            {
                var api = cluster.Connect(parsed, TimeProvider.System);
                var choice = reports.Of(parsed, byCluster: api is not null);
                var address = AddressOf(parsed.GetValue(listen)!);
                return Serve(
                    terminal,
                    address,
                    () =>
                        ServedCertificates.Begin(
                            parsed.GetValue(certDir),
                            api,
                            cluster.IsInCluster(parsed),
                            service.Of(parsed),
                            parsed.GetValue(settle) is { } seconds ? RotationPace.Of(TimeSpan.FromSeconds(seconds)) : RotationPace.Usual,
                            address.Address,
                            terminal.Error
                        ),
                    TimeSpan.FromSeconds(parsed.GetValue(drain)),
                    policies.Follow(parsed, terminal, TimeProvider.System, byCluster: api is not null),
                    api,
                    choice,
                    service.Of(parsed),
                    callers.Of(parsed),
                    decisions.Open(parsed, terminal.Error),
                    stop
                );
            }
        );
        return command;
    }

    private static async Task<int> Serve(
        Terminal terminal,
        IPEndPoint listen,
        Func<ServedCertificates> begin,
        TimeSpan drain,
        LivePolicies policies,
        IApiServer? api,
        ReportChoice choice,
        ServiceName service,
        ClientCertificates? clients,
        DecisionLog? decisions,
        CancellationToken stop
    )
    {
        await using var logging = decisions;
        await using var following = policies;
        using var connected = api;
        await using var certificates = begin();
        await using var live = api is null
            ? null
            : new LiveCluster(
                api,
                policies,
                new LiveOptions
                {
                    Time = TimeProvider.System,
                    Log = terminal.Error,
                    IsAudited = choice.Mode == ReportMode.Auto,
                }
            );
        var audited = choice.Mode == ReportMode.Auto ? live : null;
        await using var reports =
            api is null || choice.Mode == ReportMode.Untouched
                ? null
                : new ClusterReports(
                    api,
                    audited,
                    new ClusterReportOptions
                    {
                        Service = service,
                        Pace = choice.Pace,
                        Time = TimeProvider.System,
                        Log = terminal.Error,
                    }
                );
        await using var events = api is null || !choice.Events ? null : new EventWriter(api, TimeProvider.System, terminal.Error);
        await using var server = new WebhookServer(
            certificates.Served,
            new ServerOptions
            {
                Listen = listen,
                Ask = live is null ? null : new AskedFacts(api!, () => live.Cluster.Settings, TimeProvider.System, terminal.Error).Complete,
                Judge = review => Evaluator.Evaluate(review, live?.Cluster ?? policies.Cluster),
                JudgeAlone = review => Evaluator.Evaluate(review, (live?.Cluster ?? policies.Cluster).Alone()),
                Callers = new Callers(certificates.Tokens, clients),
                Time = TimeProvider.System,
                Log = terminal.Error,
                Policies = () => live?.Policies ?? policies.Status,
                Standing = live is null ? null : () => live.State,
                Decisions = decisions,
                Judged = events is null ? null : events.Tell,
            }
        );
        if (reports is not null)
            ReportText.Observe(server.Instruments, () => reports.State);
        if (events is not null)
            ReportText.Observe(server.Instruments, events);
        using var exported = OtlpExport.Start(new ConfigurationBuilder().AddEnvironmentVariables().Build(), terminal.Error);
        var ended = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hurry = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            ended.TrySetResult(drain);
        });
        // nobody at a keyboard waits for a load balancer: Ctrl-C ends at once, also a drain that has begun
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            if (!ended.TrySetResult(TimeSpan.Zero))
                hurry.Cancel();
        });
        await using var stopped = stop.Register(() => ended.TrySetResult(TimeSpan.Zero));
        var status = 0;
        using var vital = Vital.Watch(why =>
        {
            status = Failed;
            terminal.Error.WriteLine($"the server ends with status {Failed}, to be started anew: {why}");
            ended.TrySetResult(TimeSpan.Zero);
            // where not even the end goes as it should
            _ = Task.Delay(ServerLimits.Shutdown * 2, CancellationToken.None).ContinueWith(_ => Environment.Exit(Failed), TaskScheduler.Default);
        });

        await server.Start();
        var address = new IPEndPoint(listen.Address, server.Address.Port);
        var sources = policies.Cluster.Policies.Select(p => p.Name).Concat(api is null ? [] : [$"those of the cluster {api.Server}"]);
        terminal.Out.WriteLine($"AdmissionGuard listens on https://{address}, policies: {string.Join(", ", sources)}");
        if (certificates.AuthorityFile is { } authority)
            terminal.Out.WriteLine(CurlExamples.Text(authority, address));
        terminal.Out.Flush();
        var pause = await ended.Task;
        terminal.Error.WriteLine(pause > TimeSpan.Zero ? $"stopping: unready now, the end in {pause.TotalSeconds:0} s" : "stopping");
        await server.Stop(pause, hurry.Token);
        return status;
    }

    private static IPEndPoint AddressOf(string text)
    {
        if (text.StartsWith(':'))
            text = "0.0.0.0" + text;
        if (text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase))
            text = "127.0.0.1" + text["localhost".Length..];
        return
            IPEndPoint.TryParse(text, out var address)
            && (
                text.Contains("]:", StringComparison.Ordinal)
                || (address.AddressFamily == AddressFamily.InterNetwork && text.Contains(':', StringComparison.Ordinal))
            )
            ? address
            : throw new InputException($"--listen {text}: an address with a port is expected, such as 127.0.0.1:8443");
    }
}
