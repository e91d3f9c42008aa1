using System.CommandLine;
using AdmissionGuard.Commands;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Files;

namespace AdmissionGuard;

internal static class Program
{
    public static Task<int> Main(string[] args) => Run(args, Terminal.OfProcess());

    /// <summary>Exit status: 0 nothing at the fail level, 1 findings at it, 2 something could not be read or judged.</summary>
    /// <param name="stop">Ends a verb that would go on, as Ctrl-C does.</param>
    public static async Task<int> Run(string[] args, Terminal terminal, CancellationToken stop = default)
    {
        var root = new RootCommand(
            "Guards progressive delivery: refuses unsafe traffic and rollout changes, repairs missing defaults, explains both."
        )
        {
            ServeCommand.Make(terminal),
            CheckCommand.Make(terminal),
            AuditCommand.Make(terminal),
            SimulateCommand.Make(terminal),
            TestCommand.Make(terminal),
            ReviewCommand.Make(terminal),
            PlanCommand.Make(terminal),
            ExplainCommand.Make(terminal),
            RulesCommand.Make(terminal),
            GenerateCommand.Make(terminal),
            CertsCommand.Make(terminal),
        };
        var parsed = root.Parse(args);
        try
        {
            if (Usage.Complaint(parsed) is { } complaint)
                throw new InputException(complaint);
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null, // else it would end a drain after two seconds
                },
                stop
            );
        }
        catch (Exception e) when (e is InputException or Kubernetes.ApiException)
        {
            terminal.Out.Flush();
            terminal.Error.WriteLine(e.Message);
            return 2;
        }
        finally
        {
            terminal.Out.Flush();
        }
    }
}
