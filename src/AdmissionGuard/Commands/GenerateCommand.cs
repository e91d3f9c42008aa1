using System.CommandLine;
using AdmissionGuard.Core;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Reference;

namespace AdmissionGuard.Commands;

/// <summary><c>generate</c>: what installs AdmissionGuard in a cluster, as text made from the catalogue of this very program.</summary>
internal static class GenerateCommand
{
    public static Command Make(Terminal terminal)
    {
        var command = new Command("generate", "Manifests made from the catalogue, on standard output.");
        Add("crds", "the custom resources GuardPolicy, GuardException and GuardSettings", CustomResources.Yaml);
        Add("webhooks", "the two webhook configurations", () => Webhooks.Yaml(GuardSettings.Default));
        Add("rbac", "what the server may do in the cluster", Access.Yaml);
        Add("profiles", "the profiles baseline and strict spelt out as policies", () => $"{ProfilePolicy.Yaml(Profile.Baseline)}---\n{ProfilePolicy.Yaml(Profile.Strict)}");
        return command;

        void Add(string what, string description, Func<string> text)
        {
            var verb = new Command(what, description);
            verb.SetAction(_ =>
            {
                terminal.Out.Write(text());
                return 0;
            });
            command.Add(verb);
        }
    }
}
