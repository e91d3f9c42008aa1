using System.CommandLine;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Guides;

namespace AdmissionGuard.Commands;

/// <summary><c>rules</c>: the catalogue, or one rule explained.</summary>
internal static class RulesCommand
{
    public static Command Make(Terminal terminal)
    {
        var id = new Argument<string?>("ID") { Description = "one rule", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string>("--output", "-o")
        {
            Description = "text or json",
            DefaultValueFactory = _ => "text",
            HelpName = "FORMAT",
        };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new Command("rules", "The catalogue of rules; with an ID, why it is there, its parameters, how to except.") { id, output };
        command.SetAction(parsed =>
        {
            var rules = parsed.GetValue(id) is { } wanted ? [Find(wanted)] : Catalogue.Rules;
            if (Catalogue.FormerIdNotice(parsed.GetValue(id) ?? "") is { } notice)
                terminal.Error.WriteLine(notice);
            if (parsed.GetValue(output) == "json")
                terminal.Out.WriteLine(RulesJson.Write(rules));
            else if (parsed.GetValue(id) is null)
                RulesText.WriteList(terminal.Out, rules);
            else
                RulesText.WriteOne(terminal.Out, rules[0], DateTimeOffset.UtcNow);
            return 0;
        });
        return command;
    }

    private static Rule Find(string id) =>
        Catalogue.Find(id) ?? throw new InputException($"there is no rule {Shown.Word(id)}{Nearest.Hint(id, Catalogue.Rules.Select(r => r.Id))}");
}
