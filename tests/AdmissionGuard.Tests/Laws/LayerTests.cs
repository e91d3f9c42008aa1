using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Tests.Laws;

/// <summary>
/// The tables of src/README.md say which folder may use which: here they are compared with what was compiled, and with the sources.
/// </summary>
public sealed partial class LayerTests
{
    private const string CoreRoot = "AdmissionGuard.Core";
    private const string ExecutableRoot = "AdmissionGuard";

    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "README.md"));

    private static string Core => typeof(Node).Assembly.Location;

    private static string Executable => typeof(InputException).Assembly.Location;

    [Fact]
    public void Core_uses_only_what_its_table_allows() => AssertHolds(CoreRoot, Core, LayerTable.Read(Readme, "Core"));

    [Fact]
    public void The_executable_uses_only_what_its_table_allows() =>
        AssertHolds(ExecutableRoot, Executable, LayerTable.Read(Readme, "The executable"));

    [Fact]
    public void A_reference_that_a_row_no_longer_allows_is_found()
    {
        var table = LayerTable.Read(AllMayUseAll().Replace("| `Admission` | x | all above |", "| `Admission` | x | nothing |"), "Test");

        var found = Violations(ExecutableRoot, Executable, table).ToList();

        Assert.Contains(found, f => f.Contains("Refusal of `Admission` uses FindingText of `Texts`", StringComparison.Ordinal));
        Assert.All(found, f => Assert.Contains("`Admission` uses", f, StringComparison.Ordinal));
    }

    [Fact]
    public void A_using_directive_counts_where_only_a_constant_is_used()
    {
        var table = LayerTable.Read(AllMayUseAll().Replace("| `Admission` | x | all above |", "| `Admission` | x | nothing |"), "Test");

        Assert.Contains(Usings(ExecutableRoot, table), f =>
            f.Contains(Path.Combine("Admission", "Refusal.cs"), StringComparison.Ordinal) && f.Contains("`Texts`", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("| `A` | x | `B` |\n| `B` | x | nothing |", "the row of `A` in src/README.md may use `B`, which is no row above it")]
    [InlineData("| `A` | x | `A` |", "the row of `A` in src/README.md may use `A`, which is no row above it")]
    [InlineData("| `A` | x | nothing |\n| `A`, `B` | x | nothing |", "`A` has 2 rows")]
    [InlineData("no table", "no table")]
    public void A_table_that_could_have_a_cycle_is_refused(string rows, string problem) =>
        Assert.Contains(LayerTable.Read("## Test\n" + rows, "Test").Problems(), p => p.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void Folders_and_rows_must_pair()
    {
        var table = LayerTable.Read("## Test\n| `A/` | x | nothing |\n| `Rules/<Kind>` | x | `A` |", "Test");

        Assert.Equal(
            [
                "folder `B` has no row in src/README.md: add one, below what it uses",
                "the row of `A` in src/README.md has no folder: remove it, or name the folder that it means",
            ],
            table.Missing(["B", "Rules/Rollout"])
        );
        Assert.True(table.Allows("Rules/Rollout", "A"));
        Assert.False(table.Allows("Rules/Rollout", "Rules/Canary"));
        Assert.False(table.Allows("A", "Rules/Rollout"));
    }

    private static void AssertHolds(string root, string assembly, LayerTable table)
    {
        List<string> problems =
        [
            .. table.Problems(),
            .. table.Missing(Folders(root, assembly)),
            .. Violations(root, assembly, table),
            .. Usings(root, table),
        ];
        Assert.True(
            problems.Count == 0,
            $"""
            {string.Join('\n', problems)}

            What to do: move one of the two types to the folder where it belongs, or hand in what is needed as a value. If the dependency is meant,
            name the used folder in the row of the other one in src/README.md: that is allowed where its row stands above.
            """
        );
    }

    /// <summary>A table in which every folder of the executable may use those before it in the README.</summary>
    private static string AllMayUseAll() =>
        "## Test\n"
        + string.Join(
            '\n',
            Rows()
                .Matches(Readme[Readme.IndexOf("## The executable", StringComparison.Ordinal)..])
                .Select(m => $"| `{m.Groups["folder"].Value}` | x | all above |")
        );

    private static HashSet<string> Folders(string root, string assembly) =>
        TypeUses.In(assembly).Select(u => FolderOf(root, u.From)).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Violations(string root, string assembly, LayerTable table)
    {
        foreach (var (from, to) in TypeUses.In(assembly).Order())
        {
            if (FolderOf(root, from) is { } user && FolderOf(root, to) is { } used && !table.Allows(user, used))
                yield return $"{ShortName(from)} of `{user}` uses {ShortName(to)} of `{used}`, which the row of `{user}` does not allow";
        }
    }

    private static IEnumerable<string> Usings(string root, LayerTable table)
    {
        var project = Path.Combine(Repository.Root, "src", root);
        foreach (var file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(project, file);
            var folder = (Path.GetDirectoryName(path) is { Length: > 0 } name ? name : ".").Replace('\\', '/');
            if (folder.Split('/')[0] is "obj" or "bin")
                continue;
            foreach (var line in File.ReadLines(file).Select(l => Using().Match(l)).Where(m => m.Success))
            {
                if (FolderOf(root, line.Groups["space"].Value + ".") is { } used && !table.Allows(folder, used))
                    yield return $"src/{root}/{path} has a using of `{used}`, which the row of `{folder}` does not allow";
            }
        }
    }

    /// <summary>The folder of a type by its namespace; null where it is none of ours, such as what a source generator adds.</summary>
    private static string? FolderOf(string root, string fullName)
    {
        var space = fullName[..fullName.LastIndexOf('.')];
        if (space == root)
            return ".";
        var isOurs =
            space.StartsWith(root + ".", StringComparison.Ordinal)
            && (root == CoreRoot || !$"{space}.".StartsWith($"{CoreRoot}.", StringComparison.Ordinal));
        return isOurs ? space[(root.Length + 1)..].Replace('.', '/') : null;
    }

    private static string ShortName(string fullName) => fullName[(fullName.LastIndexOf('.') + 1)..];

    [GeneratedRegex(@"^\| `(?<folder>[^`]+)` \|", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^using (?:static )?(?<space>AdmissionGuard[\w.]*);", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Using();
}
