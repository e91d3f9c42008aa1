using System.CommandLine;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--fix</c> and <c>--diff</c>: what becomes of the repairs that policies make.</summary>
internal sealed class RepairOptions
{
    private readonly Option<bool> fix = new("--fix") { Description = "write the repairs of policies with fix: true into the files" };
    private readonly Option<bool> diff = new("--diff")
    {
        Description = "print the repairs as a unified diff, and write nothing unless --fix is there too",
    };

    public void AddTo(Command command)
    {
        command.Add(fix);
        command.Add(diff);
    }

    /// <exception cref="InputException">What is asked for cannot be done.</exception>
    public RepairWriter Read(ParseResult parsed, IReadOnlyList<string> paths, string output, Terminal terminal)
    {
        var writes = parsed.GetValue(fix);
        var prints = parsed.GetValue(diff);
        var fromInput = paths.Contains(ManifestFiles.StandardInput);
        if (writes && fromInput)
            throw new InputException("--fix writes into files, standard input (-) is none: --diff prints what it would write");
        if (prints && output != "text")
            throw new InputException($"--diff prints a text and cannot go into --output {output}");
        return new RepairWriter(writes, prints, prints && fromInput, paths, terminal);
    }
}
