using System.CommandLine;
using AdmissionGuard.Commands;

namespace AdmissionGuard;

internal static class Program
{
    public static Task<int> Main(string[] args) => Run(args, Terminal.OfProcess());

    /// <summary>Exit status: 0 nothing at the fail level, 1 findings at it, 2 something could not be read or judged.</summary>
    public static async Task<int> Run(string[] args, Terminal terminal)
    {
        var root = new RootCommand("Guards progressive delivery: refuses unsafe traffic and rollout changes, repairs missing defaults, explains both.")
        {
            ServeCommand.Make(terminal),
            CheckCommand.Make(terminal),
            ReviewCommand.Make(terminal),
            RulesCommand.Make(terminal),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) terminal.Error.WriteLine(error.Message);
            terminal.Error.WriteLine($"see admissionguard {parsed.CommandResult.Command.Name} --help".Replace("admissionguard admissionguard", "admissionguard", StringComparison.Ordinal));
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (InputException e)
        {
            terminal.Error.WriteLine(e.Message);
            return 2;
        }
        finally
        {
            terminal.Out.Flush();
        }
    }
}
