using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>The repairs of a check, by file.</summary>
/// <param name="Files">Those that would become others.</param>
/// <param name="Unwritten">The additions that a person must write.</param>
/// <param name="Errors">Of files in which nothing is repaired.</param>
internal sealed record RepairPlan(IReadOnlyList<RepairPlan.Change> Files, IReadOnlyList<Unwritten> Unwritten, IReadOnlyList<ManifestError> Errors)
{
    /// <param name="Path">As given on the command line, or found below it.</param>
    internal sealed record Change(string Path, ReadOnlyMemory<byte> From, ReadOnlyMemory<byte> To);

    /// <param name="read">A file's bytes.</param>
    public static RepairPlan Of(IEnumerable<Repair> repairs, Func<string, ReadOnlyMemory<byte>> read)
    {
        var plan = new RepairPlan([], [], []);
        foreach (var file in repairs.GroupBy(r => r.Document.File))
            plan = plan.With(file.Key, [.. file], read);
        return plan;
    }

    private RepairPlan With(string path, IReadOnlyList<Repair> repairs, Func<string, ReadOnlyMemory<byte>> read)
    {
        try
        {
            var from = read(path);
            var (to, unwritten) = FileRepair.Of(path, from, repairs);
            var files = to.Span.SequenceEqual(from.Span) ? Files : [.. Files, new Change(path, from, to)];
            return new RepairPlan(files, [.. Unwritten, .. unwritten], Errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return this with { Errors = [.. Errors, new ManifestError(path, null, null, $"cannot be read again to repair it: {e.Message}")] };
        }
        catch (UnrepairedException e)
        {
            return this with { Errors = [.. Errors, new ManifestError(path, e.Line, e.Line is null ? null : 1, e.Message)] };
        }
    }
}
