using System.Text;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>
/// Writes additions into the text of a file and changes nothing else of it: comments, quotes, order, anchors, indentation and line ends stay. A pure
/// function;
/// what it returns has been read again and holds what was meant.
/// </summary>
internal sealed class FileRepair
{
    private readonly string name;
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly IReadOnlyList<Document> documents;
    private readonly int errors;
    private readonly List<Unwritten> unwritten = [];
    private readonly Dictionary<int, (Node Whole, List<Edit.Addition> Additions)> written = [];

    private FileRepair(string name, ReadOnlyMemory<byte> bytes)
    {
        this.name = name;
        this.bytes = bytes;
        (documents, var wrong) = new YamlReader(keepsTrees: true).Read(name, bytes);
        errors = wrong.Count;
    }

    /// <summary>The file's bytes as repaired, the same where nothing could be written, and what could not.</summary>
    /// <param name="bytes">What the documents of the repairs were read from.</param>
    /// <exception cref="UnrepairedException">The file is another than was read, or what came out is not what was meant.</exception>
    public static (ReadOnlyMemory<byte> Bytes, IReadOnlyList<Unwritten> Unwritten) Of(
        string name,
        ReadOnlyMemory<byte> bytes,
        IReadOnlyList<Repair> repairs
    )
    {
        var file = new FileRepair(name, bytes);
        if (repairs.Any(r => !file.IsSame(r.Document)))
            throw new UnrepairedException(null, "changed since it was read, nothing is repaired in it");
        var result = file.Write(repairs);
        file.Verify(result);
        return (result, file.unwritten);
    }

    private bool IsSame(Document document) =>
        document.Index < documents.Count && documents[document.Index].Whole.Raw.SequenceEqual(document.Whole.Raw);

    private byte[] Write(IReadOnlyList<Repair> repairs)
    {
        var result = new MemoryStream(bytes.Length + 1024);
        var from = 0;
        var byDocument = repairs.GroupBy(r => r.Document.Index).OrderBy(g => g.Key).ToList();
        foreach (var chunk in Chunks.Of(bytes))
        {
            var lines = chunk.Bytes.Span.Count((byte)'\n') + 1;
            var own = byDocument.Where(g => LineOf(g.Key) > chunk.Line && LineOf(g.Key) <= chunk.Line + lines).ToList();
            if (own.Count == 0)
                continue;
            bytes.Span.Overlaps(chunk.Bytes.Span, out var begin);
            if (chunk.Bytes.Span.StartsWith("\uFEFF"u8))
                begin += 3;
            var end = begin + chunk.Bytes.Length - (chunk.Bytes.Span.StartsWith("\uFEFF"u8) ? 3 : 0);
            var text = Encoding.UTF8.GetString(bytes.Span[begin..end]);
            result.Write(bytes.Span[from..begin]);
            result.Write(Encoding.UTF8.GetBytes(Splice.Apply(text, Splices(new ChunkText(text, chunk.Line), own))));
            from = end;
        }
        result.Write(bytes.Span[from..]);
        return result.ToArray();
    }

    private int LineOf(int document) => documents[document].ValuePositionOf(Pointer.Root).Line;

    private List<Splice> Splices(ChunkText chunk, List<IGrouping<int, Repair>> repairs)
    {
        var splices = new List<Splice>();
        var hasRareBreaks = YamlText.HasRareBreaks(chunk.Text);
        foreach (var group in repairs)
        {
            var tree = documents[group.Key].Tree!;
            var document = hasRareBreaks && !tree.IsJson ? null : new DocumentRepair(chunk, tree);
            foreach (var repair in group)
            {
                var paths = new PointerFinder(repair.Document.Whole);
                foreach (var map in repair.Additions.GroupBy(a => a.Map.OffsetIn(repair.Document.Whole)).OrderBy(m => m.Key))
                    Add(repair, paths, [.. map], document, chunk, splices);
            }
        }
        return splices;
    }

    private void Add(
        Repair repair,
        PointerFinder paths,
        List<Edit.Addition> additions,
        DocumentRepair? document,
        ChunkText chunk,
        List<Splice> splices
    )
    {
        try
        {
            if (document is null)
                throw new UnwritableException(
                    $"what stands around line {chunk.LineInFile(0)} cannot be read (lines that end neither with LF nor with CRLF)"
                );
            splices.AddRange(document.Splices(paths.Of(additions[0].Map), additions));
            if (!written.TryGetValue(repair.Document.Index, out var all))
                written[repair.Document.Index] = all = (repair.Document.Whole, []);
            all.Additions.AddRange(additions);
        }
        catch (UnwritableException e)
        {
            unwritten.AddRange(additions.Select(a => new Unwritten(repair.Document, a, e.Message)));
        }
    }

    /// <summary>Every document must say what was meant, the others what they said before.</summary>
    private void Verify(ReadOnlyMemory<byte> result)
    {
        var (read, wrong) = new YamlReader().Read(name, result);
        for (var i = 0; i < documents.Count; i++)
        {
            var meant = written.TryGetValue(i, out var done) ? Edit.Apply(done.Whole, done.Additions) : documents[i].Whole;
            if (i >= read.Count || !read[i].Whole.SameAs(meant))
                throw NotMeant(LineOf(i));
        }
        if (read.Count != documents.Count || wrong.Count != errors)
            throw NotMeant(1);
    }

    private static UnrepairedException NotMeant(int line) =>
        new(
            line,
            "the repairs of this document, read again, are not what was meant, so nothing is repaired in the file: write them by hand and report this"
        );
}
