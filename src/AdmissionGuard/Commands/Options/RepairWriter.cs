using System.Text;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Findings;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Commands.Options;

/// <summary>Writes or shows the repairs of one check.</summary>
internal sealed class RepairWriter : IDisposable
{
    private readonly bool writes;
    private readonly bool prints;
    private readonly Terminal terminal;
    private readonly IReadOnlyList<string> named;
    private readonly MemoryStream? kept;

    /// <param name="keepsInput">Standard input is needed twice: to be judged, and to be compared with what it should be.</param>
    /// <param name="named">What was asked to be checked: nothing outside of it is written.</param>
    public RepairWriter(bool writes, bool prints, bool keepsInput, IReadOnlyList<string> named, Terminal terminal)
    {
        this.named = named;
        this.writes = writes;
        this.prints = prints;
        this.terminal = terminal;
        kept = keepsInput ? Keep(terminal.In) : null;
    }

    /// <summary>What stands for standard input.</summary>
    public Stream Input => kept ?? terminal.In;

    public void Dispose() => kept?.Dispose();

    /// <summary>The report of what remains. What could not be written stays in it, with the reason.</summary>
    /// <param name="again">Reviews the files as they are then: what follows a repair stands on other lines.</param>
    public CheckReport Run(CheckReport report, Func<CheckReport> again)
    {
        if (!writes && !prints)
            return report;
        var plan = RepairPlan.Of(report.Repairs, Bytes);
        if (prints)
            Print(plan.Files);
        var told = Tell(report, plan);
        if (!writes)
            return told;
        var errors = new List<ManifestError>();
        var written = plan.Files.Where(f => Write(f, errors)).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        if (written.Count > 0)
        {
            var reasons = Reasons(plan);
            var repaired = report.Findings.Count(f =>
                f.Judgement.Action == GuardAction.Fix && written.Contains(f.Document.File) && ReasonOf(f, reasons) is null
            );
            var rest = again();
            told = Tell(rest, RepairPlan.Of(rest.Repairs, Bytes)) with { Fixed = repaired, FixedFiles = written.Count };
        }
        return told with { Errors = [.. told.Errors, .. errors] };
    }

    private bool Write(RepairPlan.Change file, List<ManifestError> errors)
    {
        if (!RealPath.IsWithin(file.Path, named))
        {
            errors.Add(new ManifestError(file.Path, null, null, "is not repaired: a link leads out of the folder that was named"));
            return false;
        }
        try
        {
            AtomicFile.Write(file.Path, file.To.Span);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ManifestError(file.Path, null, null, $"cannot be written: {e.Message}"));
            return false;
        }
    }

    private void Print(IReadOnlyList<RepairPlan.Change> files)
    {
        foreach (var (path, from, to) in files)
        {
            terminal.Out.Write(
                UnifiedDiff.Of(Encoding.UTF8.GetString(from.Span), Encoding.UTF8.GetString(to.Span), Side("a", path), Side("b", path))
            );
        }
        if (files.Count > 0)
            terminal.Out.WriteLine();
    }

    /// <summary>As git names the two sides, so that <c>git apply</c> takes it.</summary>
    private static string Side(string side, string path)
    {
        if (path == ManifestFiles.StandardInput || Path.IsPathRooted(path))
            return path;
        return $"{side}/{(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)}";
    }

    private static CheckReport Tell(CheckReport report, RepairPlan plan)
    {
        var reasons = Reasons(plan);
        return report with
        {
            Findings = [.. report.Findings.Select(f => WithReason(f, ReasonOf(f, reasons)))],
            Errors = [.. report.Errors, .. plan.Errors],
        };
    }

    private static LocatedFinding WithReason(LocatedFinding located, string? reason)
    {
        var finding = located.Judgement.Finding;
        return reason is null
            ? located
            : located with
            {
                Judgement = located.Judgement with { Finding = finding with { Message = $"{finding.Message}; not repaired: {reason}" } },
            };
    }

    private static ILookup<Document, Unwritten> Reasons(RepairPlan plan) => plan.Unwritten.ToLookup(u => u.Document);

    /// <summary>Why something that this finding's repair would add is not written; null where all of it is.</summary>
    private static string? ReasonOf(LocatedFinding located, ILookup<Document, Unwritten> unwritten)
    {
        var judgement = located.Judgement;
        if (judgement is not { Action: GuardAction.Fix, Finding.Edit: { } edit } || !unwritten.Contains(located.Document))
            return null;
        var anchor = judgement.Paths.Of(edit.Anchor);
        var leaves = edit.Leaves.Select(l => $"{anchor}/{l.Path}/").ToList();
        return unwritten[located.Document]
            .FirstOrDefault(u => leaves.Exists(l => l.StartsWith($"{u.Addition.Path}/", StringComparison.Ordinal)))
            ?.Reason;
    }

    private ReadOnlyMemory<byte> Bytes(string path) =>
        path == ManifestFiles.StandardInput ? kept!.GetBuffer().AsMemory(0, (int)kept.Length) : File.ReadAllBytes(path);

    /// <summary>No more than is read of it: one byte too many is refused as too large.</summary>
    private static MemoryStream Keep(Stream input)
    {
        var copy = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (copy.Length <= Limits.FileBytes && input.Read(buffer) is var read and > 0)
            copy.Write(buffer, 0, read);
        copy.Position = 0;
        return copy;
    }
}
