using System.CommandLine;
using AdmissionGuard.Checks;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Manifests;
using AdmissionGuard.Policies;
using AdmissionGuard.Simulation;

namespace AdmissionGuard.Commands;

/// <summary><c>simulate</c>: who would newly be refused, warned, repaired or freed if a policy were in force, before it is.</summary>
internal static class SimulateCommand
{
    public static Command Make(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "manifests, instead of a cluster", Arity = ArgumentArity.ZeroOrMore };
        Usage.RefuseOptionsAmong(paths);
        var log = new Option<string?>("--log")
        {
            Description = "a decision log of serve --decision-log, instead of a cluster: the requests as they came, each judged again",
            HelpName = "FILE",
        };
        var current = new Option<string[]>("--current")
        {
            Description = "policies that are in force for the manifests; without it none (repeatable)",
            HelpName = "PATH",
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "text or json",
            DefaultValueFactory = _ => "text",
            HelpName = "FORMAT",
        };
        output.AcceptOnlyFromAmong("text", "json");
        var failOn = new Option<string>("--fail-on")
        {
            Description = "exit status 1 where somebody would newly be refused, or also warned: refused, warned or never",
            DefaultValueFactory = _ => "refused",
            HelpName = "CHANGE",
        };
        failOn.AcceptOnlyFromAmong("refused", "warned", "never");
        var clusters = new ClustersOptions();
        var policies = new PolicyOptions();
        var command = new Command(
            "simulate",
            "Who would newly be refused, warned, repaired or freed by a policy: over a cluster, manifests or a decision log."
        )
        {
            paths,
            log,
            current,
            output,
            failOn,
        };
        clusters.AddTo(command);
        policies.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var now = TimeProvider.System.GetUtcNow();
                var wanted = policies.Given(parsed, terminal, now)
                    ?? throw new InputException("--policy or --profile is missing: what shall be simulated?");
                var files = parsed.GetValue(paths) ?? [];
                var decisions = parsed.GetValue(log);
                if (files.Length > 0 && decisions is not null)
                    throw new InputException("manifests and --log cannot be given together");
                var errors = new List<ManifestError>();
                List<SimulatedReview> outcomes;
                if (decisions is not null)
                {
                    outcomes = OfLog(decisions, wanted, errors, terminal);
                }
                else if (files.Length > 0)
                {
                    var before = PolicyOptions.Told(PolicyFiles.Read(parsed.GetValue(current) ?? [], [], terminal.In, now).OrThrow(), terminal);
                    outcomes = OfManifests(files, before, wanted, errors, terminal, now);
                }
                else
                {
                    outcomes = await OfClusters(clusters.Connect(parsed, TimeProvider.System), wanted, errors, terminal, stop);
                }

                if (parsed.GetValue(output) == "json")
                    terminal.Out.WriteLine(SimulationJson.Write(outcomes, errors));
                else
                    SimulationText.Write(terminal.Out, outcomes);
                terminal.Out.Flush();
                foreach (var error in errors)
                    terminal.Error.WriteLine(Shown.Clean(error.ToString()));
                var worst = parsed.GetValue(failOn) switch
                {
                    "refused" => Effect.Refused,
                    "warned" => Effect.Warned,
                    _ => (Effect?)null,
                };
                if (errors.Count > 0)
                    return 2;
                return outcomes.Exists(o => o.Effect <= worst) ? 1 : 0;
            }
        );
        return command;
    }

    private static List<SimulatedReview> OfLog(string path, PolicySet wanted, List<ManifestError> errors, Terminal terminal)
    {
        var reader = new DecisionReader(path);
        // exceptions and settings are those of the files: the log does not tell the others
        var outcomes = reader
            .Read()
            .Select(d => new SimulatedReview(d.Review, d.Where, d.Current, Evaluator.Evaluate(d.Review, wanted.Cluster)))
            .ToList();
        if (reader.WithoutObjects > 0)
            terminal.Error.WriteLine($"{reader.WithoutObjects} decisions were logged without their objects and cannot be judged again");
        errors.AddRange(reader.Errors);
        return outcomes;
    }

    private static List<SimulatedReview> OfManifests(
        string[] paths,
        PolicySet current,
        PolicySet wanted,
        List<ManifestError> errors,
        Terminal terminal,
        DateTimeOffset now
    )
    {
        var manifests = ManifestFiles.Read(paths, [], terminal.In);
        foreach (var notice in manifests.Notices)
            terminal.Error.WriteLine(Shown.Clean(notice));
        errors.AddRange(manifests.Errors);
        var review = new ManifestReview(wanted.Settings.Syncing, "default", now);
        var (world, reviews) = review.Prepare(Cluster.Empty, manifests, old: null);
        return Compare(reviews.Select(r => (r.Review, r.Document.File)), With(world, current), With(world, wanted));
    }

    private static async Task<List<SimulatedReview>> OfClusters(
        IReadOnlyList<(string Name, IApiServer Server)> clusters,
        PolicySet wanted,
        List<ManifestError> errors,
        Terminal terminal,
        CancellationToken stop
    )
    {
        var progress = new ListingProgress(terminal);
        var outcomes = new List<SimulatedReview>();
        foreach (var (name, server) in clusters)
        {
            using var connected = server;
            try
            {
                var rules = wanted.Policies.SelectMany(p => p.Rules).Select(r => r.Rule).Distinct().ToList();
                var snapshot = await Snapshot.Take(server, null, TimeProvider.System, (kind, count) => progress.Tell(name, kind, count), stop, rules);
                progress.Clear();
                foreach (var gap in snapshot.Gaps)
                    terminal.Error.WriteLine(Shown.Clean($"{name}: {gap}"));
                var settings = snapshot.Cluster.Settings;
                var now = TimeProvider.System.GetUtcNow();
                var after = snapshot.Cluster.With(wanted.Policies).WithExceptions([.. snapshot.Policies.Set.Exceptions, .. wanted.Exceptions]);
                outcomes.AddRange(
                    Compare(
                        snapshot.Objects.Select(k => (settings.ReviewOfStored(k, snapshot.Find(k), now), name)),
                        snapshot.Cluster,
                        wanted.HasSettings ? after.With(wanted.Settings) : after
                    )
                );
            }
            catch (ApiException e)
            {
                errors.Add(new ManifestError(name, null, null, e.Message));
            }
        }
        return outcomes;
    }

    private static List<SimulatedReview> Compare(IEnumerable<(Review Review, string Where)> reviews, Cluster today, Cluster wanted) =>
        [
            .. reviews.Select(r => new SimulatedReview(
                r.Review,
                r.Where,
                today.Policies.IsEmpty ? CurrentAnswer.Nothing : CurrentAnswer.Of(Evaluator.Evaluate(r.Review, today)),
                Evaluator.Evaluate(r.Review, wanted)
            )),
        ];

    private static Cluster With(Cluster world, PolicySet set) => world.With(set.Settings).With(set.Policies).WithExceptions(set.Exceptions);
}
