using System.Text.RegularExpressions;

namespace AdmissionGuard.Tests.Laws;

/// <summary>
/// A table <c>folder | what | may use</c> of src/README.md. A row may name several folders; <c>&lt;Kind&gt;</c> stands for any one folder name. What
/// a row may use are the folders of rows above it, or «all above», or nothing.
/// </summary>
internal sealed partial class LayerTable
{
    private readonly List<Row> rows = [];

    private sealed record Row(IReadOnlyList<string> Folders, bool AllAbove, IReadOnlyList<string> MayUse, int Index);

    /// <param name="section">How the heading of the section begins that holds the table.</param>
    public static LayerTable Read(string markdown, string section)
    {
        var table = new LayerTable();
        var isInSection = false;
        foreach (var line in markdown.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                isInSection = line[3..].StartsWith(section, StringComparison.Ordinal);
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (!isInSection || cells.Length < 5 || !cells[1].StartsWith('`'))
                continue;
            table.rows.Add(new Row(Names(cells[1]), cells[^2].Contains("all above", StringComparison.Ordinal), Names(cells[^2]), table.rows.Count));
        }
        return table;
    }

    /// <summary>What is wrong with the table itself: where this is empty, the table has no cycle.</summary>
    public IEnumerable<string> Problems()
    {
        if (rows.Count == 0)
            yield return "src/README.md has no table «folder | what | may use» in this section";
        foreach (var twice in rows.SelectMany(r => r.Folders).GroupBy(f => f).Where(g => g.Count() > 1))
            yield return $"`{twice.Key}` has {twice.Count()} rows in src/README.md: keep one";
        foreach (var row in rows)
        {
            foreach (var used in row.MayUse.Where(u => !rows.Take(row.Index).Any(r => r.Folders.Contains(u))))
                yield return $"the row of `{row.Folders[0]}` in src/README.md may use `{used}`, which is no row above it: "
                    + "a row uses only rows above, so move the row up, or cut the dependency";
        }
    }

    /// <summary>Folders without a row, and rows without a folder.</summary>
    public IEnumerable<string> Missing(IReadOnlyCollection<string> folders)
    {
        foreach (var folder in folders.Where(f => RowOf(f) is null).Order(StringComparer.Ordinal))
            yield return $"folder `{folder}` has no row in src/README.md: add one, below what it uses";
        foreach (var row in rows.SelectMany(r => r.Folders).Where(r => !folders.Any(f => IsOf(r, f))))
            yield return $"the row of `{row}` in src/README.md has no folder: remove it, or name the folder that it means";
    }

    /// <summary>
    /// Whether the row of one folder allows the other; a folder may always use itself. True for what has no row: see <see cref="Missing"/>.
    /// </summary>
    public bool Allows(string from, string to)
    {
        if (from == to || RowOf(from) is not { } row || RowOf(to) is not { } used)
            return true;
        return used.Index < row.Index && (row.AllAbove || row.MayUse.Any(m => IsOf(m, to)));
    }

    private Row? RowOf(string folder) => rows.Find(r => r.Folders.Any(f => IsOf(f, folder)));

    private static bool IsOf(string row, string folder)
    {
        var names = row.Split('/');
        var parts = folder.Split('/');
        return names.Length == parts.Length && names.Zip(parts).All(p => p.First.StartsWith('<') || p.First == p.Second);
    }

    private static string[] Names(string cell) => [.. Code().Matches(cell).Select(m => m.Groups["name"].Value.TrimEnd('/'))];

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();
}
