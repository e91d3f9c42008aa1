// NAME=VALUE anywhere is a variable of the environment for the servers under load
using System.Globalization;
using AdmissionGuard.Benchmarks;
using AdmissionGuard.Benchmarks.Load;
using AdmissionGuard.Benchmarks.Objects;
using BenchmarkDotNet.Running;

var environment = args.Skip(1)
    .Where(a => a.Contains('=', StringComparison.Ordinal))
    .Select(a => (a[..a.IndexOf('=', StringComparison.Ordinal)], a[(a.IndexOf('=', StringComparison.Ordinal) + 1)..]))
    .ToArray();
var plain = args.Skip(1).Where(a => !a.Contains('=', StringComparison.Ordinal)).ToArray();

switch (args.FirstOrDefault())
{
    case "describe":
        foreach (var each in Enum.GetValues<Case>())
            Console.WriteLine(new ReviewBenchmarks { Case = each }.Describe());
        using (var check = new CheckBenchmarks())
            Console.WriteLine(check.Describe());
        return 0;
    case "review":
        BenchmarkRunner.Run<ReviewBenchmarks>(Measured.Config, args[1..]);
        return 0;
    case "check":
        BenchmarkRunner.Run<CheckBenchmarks>(Measured.Config, args[1..]);
        return 0;
    case "process":
        WholeProcess.Run(Console.Out, Number(0, 10));
        return 0;
    case "load":
        await LoadMode.Run(Console.Out, Number(0, 5), Number(1, 8), TimeSpan.FromSeconds(Number(2, 1)), environment);
        return 0;
    case "otlp":
        await LoadMode.Otlp(Console.Out, Number(0, 5), Number(1, 8), TimeSpan.FromSeconds(Number(2, 1)));
        return 0;
    case "start":
        foreach (var executable in (string[])[Repository.Executable, Repository.Native])
        {
            if (File.Exists(executable))
                await LoadMode.Start(Console.Out, Number(0, 7), executable);
        }
        return 0;
    case "overload":
        await LoadMode.Overload(
            Console.Out,
            Number(0, 64),
            TimeSpan.FromSeconds(Number(1, 5)),
            File.Exists(Repository.Native) ? Repository.Native : Repository.Executable
        );
        return 0;
    case "history":
        return CostHistory.Run(Console.Out, write: plain.FirstOrDefault() == "write");
    case "figures":
        await Figures.Run(Console.Out, Number(0, 2), plain.ElementAtOrDefault(1));
        return 0;
    case "floor-server":
        await FloorServer.Run(Number(0, 0), plain[1]);
        return 0;
    case "listing":
        await Listing.Run(Console.Out);
        return 0;
    case "listing-server":
        await ListingServer.Run(Console.Out);
        return 0;
    case "rules":
        foreach (var each in plain.Length > 0 ? [Enum.Parse<Case>(plain[0])] : Enum.GetValues<Case>())
            RuleCosts.Run(Console.Out, each, plain.ElementAtOrDefault(1) != "all");
        return 0;
    case "worst":
        WorstCase.Run(Console.Out, plain.FirstOrDefault() ?? "");
        return 0;
    case "live":
        LiveView.Run(Console.Out);
        return 0;
    case "lookups":
        LookUps.Run(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: figures [SECONDS [FILE]] | describe | review | rules [CASE [all]] | check | process [RUNS] | "
                + "load [ROUNDS] [CONNECTIONS] [SECONDS] [NAME=VALUE...] | otlp [ROUNDS] [CONNECTIONS] [SECONDS] | "
                + "overload [CONNECTIONS] [SECONDS] | history [write] | start [RUNS] | worst [NAME] | live | lookups | listing"
        );
        return 2;
}

int Number(int index, int otherwise) => index < plain.Length ? int.Parse(plain[index], CultureInfo.InvariantCulture) : otherwise;
