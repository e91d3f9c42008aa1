using System.CommandLine;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Files;
using AdmissionGuard.Guides;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Commands;

/// <summary><c>generate</c>: what installs AdmissionGuard in a cluster or a pipeline, as text made from the catalogue of this very program.</summary>
internal static class GenerateCommand
{
    public static Command Make(Terminal terminal)
    {
        var command = new Command("generate", "Manifests made from the catalogue, on standard output.");
        Add("crds", "the custom resources GuardPolicy, GuardException and GuardSettings", _ => CustomResources.Yaml());
        var settings = new Option<string?>("--settings")
        {
            Description = "file with the GuardSettings whose controllers and excluded namespaces they leave out",
            HelpName = "FILE",
        };
        Add("webhooks", "the two webhook configurations", parsed => Webhooks.Yaml(SettingsOf(parsed.GetValue(settings), terminal))).Add(settings);
        Add("status-policy", "an admission policy that keeps people from promoting a Rollout by its status; off unless it is applied", parsed =>
                StatusPolicy.Yaml(SettingsOf(parsed.GetValue(settings), terminal))
            )
            .Add(settings);
        Add("rbac", "what the server may do in the cluster", _ => Access.Yaml());
        Add("profiles", "the profiles baseline and strict spelt out as policies", _ =>
            $"{ProfilePolicy.Yaml(Profile.Baseline)}---\n{ProfilePolicy.Yaml(Profile.Strict)}"
        );
        var path = new Option<string>("--path")
        {
            Description = "file or folder of the repository with the manifests",
            DefaultValueFactory = _ => "k8s",
            HelpName = "PATH",
        };
        var image = new Option<string>("--image")
        {
            Description = "container image of AdmissionGuard, where the runner can pull it",
            DefaultValueFactory = _ => "admissionguard:latest",
            HelpName = "IMAGE",
        };
        var workflow = Add("github-action", "a GitHub Actions workflow that checks every pull request", parsed =>
            GitHubWorkflow.Yaml(parsed.GetValue(path)!, parsed.GetValue(image)!)
        );
        workflow.Add(path);
        workflow.Add(image);
        command.Add(RulePages(terminal));
        return command;

        Command Add(string what, string description, Func<ParseResult, string> text)
        {
            var verb = new Command(what, description);
            verb.SetAction(parsed =>
            {
                terminal.Out.Write(text(parsed));
                return 0;
            });
            command.Add(verb);
            return verb;
        }
    }

    private static Command RulePages(Terminal terminal)
    {
        var folder = new Argument<string>("FOLDER") { Description = "where the pages are written; made where it is not there" };
        var verb = new Command("rules", "a page for every rule, and their table, as Markdown files in a folder") { folder };
        verb.SetAction(parsed =>
        {
            var path = parsed.GetValue(folder)!;
            try
            {
                Directory.CreateDirectory(path);
                foreach (var (name, text) in RulePage.All(Catalogue.Rules))
                    AtomicFile.Write(Path.Combine(path, name), text);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"{path}: {e.Message}");
            }
            terminal.Out.WriteLine($"{Catalogue.Rules.Count} pages and README.md in {path}");
            return 0;
        });
        return verb;
    }

    private static GuardSettings SettingsOf(string? file, Terminal terminal) =>
        file is null ? GuardSettings.Default : PolicyFiles.Read([file], [], terminal.In, DateTimeOffset.UtcNow).OrThrow().Settings;
}
