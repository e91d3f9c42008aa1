using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Manifests;
using AdmissionGuard.Manifests.Repairs;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Tests.Manifests.Repairs;

/// <summary>Random additions to random texts: what was meant is there, and every line that needed no change is as it was.</summary>
public sealed class RandomRepairTests
{
    private static readonly string[] Values =
    [
        "1",
        "\"15s\"",
        "\"connect-failure,5xx\"",
        "{\"a\":{\"b\":1,\"c\":\"2s\"},\"d\":true}",
        "{\"x\":\"{}\"}",
        "[1,\"a\"]",
        "{}",
        "\"y\"",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Additions_are_read_back_and_other_lines_stay(int seed)
    {
        var (written, refused) = (0, 0);
        for (var round = 0; round < 300; round++)
        {
            var random = new Random((seed * 100_000) + round);
            var from = new RandomLayout(random).File();
            var text = Encoding.UTF8.GetString(from);
            var (documents, errors) = new YamlReader().Read("f", from);
            Assert.True(errors.Count == 0, $"{seed}/{round}: {string.Join('\n', errors)}\n{text}");
            var repairs = documents.Where(d => d.Root.IsObject).Select(d => new Repair(d, Additions(d.Root, random))).ToList();
            var (to, unwritten) = Repaired(from, repairs, $"{seed}/{round}:\n{text}");
            var (read, _) = new YamlReader().Read("f", to);
            foreach (var repair in repairs)
            {
                var additions = repair.Additions.Except(unwritten.Where(u => u.Document == repair.Document).Select(u => u.Addition)).ToList();
                var meant = Edit.Apply(repair.Document.Root, additions);
                Assert.True(read[repair.Document.Index].Root.SameAs(meant), $"{seed}/{round}:\n{text}\n=>\n{Encoding.UTF8.GetString(to.Span)}");
                written += additions.Count;
            }
            refused += unwritten.Count;
            Assert.True(
                Changed(text, Encoding.UTF8.GetString(to.Span)) <= MayChange(repairs, text),
                $"{seed}/{round}:\n{text}\n=>\n{Encoding.UTF8.GetString(to.Span)}"
            );
        }
        Assert.True(refused * 20 < written, $"{refused} of {written} refused");
    }

    private static (ReadOnlyMemory<byte> Bytes, IReadOnlyList<Unwritten> Unwritten) Repaired(byte[] from, List<Repair> repairs, string shown)
    {
        try
        {
            return FileRepair.Of("f", from, repairs);
        }
        catch (UnrepairedException e)
        {
            var additions = string.Join('\n', repairs.SelectMany(r => r.Additions).Select(a => $"{a.Path}: {a.Json}"));
            throw new InvalidOperationException($"{shown}\n{additions}", e);
        }
    }

    private static List<Edit.Addition> Additions(Node root, Random random)
    {
        var additions = new List<Edit.Addition>();
        foreach (var map in Maps(root).Where(_ => random.Next(3) == 0))
        {
            var path = Pointer.Of(root, map);
            foreach (var entry in map.Entries.Where(e => e.Value.Kind == JsonValueKind.Null && random.Next(2) == 0))
                additions.Add(Of(entry.Name));
            for (var i = random.Next(3); i > 0; i--)
                additions.Add(Of($"added{i}"));

            Edit.Addition Of(string key) => new(map, key, Values[random.Next(Values.Length)], path.Append(key));
        }
        return additions;
    }

    private static IEnumerable<Node> Maps(Node node)
    {
        if (node.IsObject)
            yield return node;
        foreach (var inner in node.Entries.SelectMany(e => Maps(e.Value)))
            yield return inner;
        foreach (var inner in node.Items.SelectMany(i => Maps(i)))
            yield return inner;
    }

    /// <summary>Lines that are gone.</summary>
    private static int Changed(string from, string to) => UnifiedDiff.Of(from, to, "from", "to").Split('\n').Skip(2).Count(l => l.StartsWith('-'));

    /// <summary>Nulls, maps in braces (of an empty one both braces), and the last line of a file that ends within it.</summary>
    private static int MayChange(List<Repair> repairs, string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        return repairs.Sum(r =>
                r.Additions.Where(a => IsInBraces(r.Document, a))
                    .DistinctBy(a => a.Map.OffsetIn(r.Document.Root))
                    .Sum(a => a.Map.Entries.Any() ? 1 : 2) + r.Additions.Count(a => a.Map[a.Key].Kind == JsonValueKind.Null)
            ) + (text.EndsWith('\n') ? 0 : 1);

        bool IsInBraces(Document document, Edit.Addition addition) =>
            Enumerable
                .Range(0, addition.Path.Steps.Count)
                .Any(n =>
                {
                    var (line, column) = document.ValuePositionOf(new Pointer([.. addition.Path.Steps.Take(n)]));
                    return lines[line - 1][column - 1] is '{' or '[';
                });
    }
}
