using System.CommandLine;
using System.Globalization;
using AdmissionGuard.Admission;
using AdmissionGuard.Decisions;
using AdmissionGuard.Files;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--decision-log</c>, what stands in it, and how much it may take.</summary>
internal sealed class DecisionLogOptions
{
    private readonly Option<string?> file = new("--decision-log")
    {
        Description = "file to which every decision is appended as a line of JSON, for «simulate»; - is standard output",
        HelpName = "FILE",
    };

    private readonly Option<bool> withoutObjects = new("--decision-log-without-objects")
    {
        Description = "leave the objects out of it: such a log tells what was decided, but cannot be judged again",
    };

    private readonly Option<int> mib = new("--decision-log-mib")
    {
        Description = "MiB that the decision log may take, FILE and the FILE.1 before it together",
        DefaultValueFactory = _ => (int)(ServerLimits.DecisionLogBytes >> 20),
        HelpName = "MIB",
    };

    public DecisionLogOptions() =>
        mib.Validators.Add(given =>
        {
            if (given.Tokens.Count != 1)
                return;
            var typed = given.Tokens[0].Value;
            if (!int.TryParse(typed, CultureInfo.InvariantCulture, out var number) || number < ServerLimits.LeastDecisionLogMib)
                given.AddError($"--decision-log-mib {typed}: {ServerLimits.LeastDecisionLogMib} or more is expected");
        });

    public void AddTo(Command command)
    {
        command.Add(file);
        command.Add(withoutObjects);
        command.Add(mib);
    }

    /// <summary>Null where nobody asked for it.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public DecisionLog? Open(ParseResult parsed, TextWriter log) =>
        parsed.GetValue(file) is { } path ? DecisionLog.At(path, !parsed.GetValue(withoutObjects), log, (long)parsed.GetValue(mib) << 20) : null;
}
