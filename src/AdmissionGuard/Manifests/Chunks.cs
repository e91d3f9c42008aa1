namespace AdmissionGuard.Manifests;

/// <summary>
/// A stream cut at its <c>---</c> lines before any parser sees it, as kubectl does, so that a broken document costs no other. As in kubectl only a
/// comment
/// may follow on such a line.
/// </summary>
internal static class Chunks
{
    /// <param name="Bytes">The text, without its separator.</param>
    /// <param name="Line">Lines of the stream before it.</param>
    /// <param name="Trailing">Whether other text stands behind the separator, which kubectl refuses.</param>
    internal readonly record struct Chunk(ReadOnlyMemory<byte> Bytes, int Line, bool Trailing);

    public static List<Chunk> Of(ReadOnlyMemory<byte> stream)
    {
        var chunks = new List<Chunk>();
        var text = stream.Span;
        int start = 0,
            line = 0,
            at = 0;
        var trailing = false;
        while (at < text.Length)
        {
            var rest = text[at..];
            if (rest.StartsWith("---"u8) && !OnlyDirectives(text[start..at]))
            {
                Add(chunks, stream[start..at], line, trailing);
                line += text[start..at].Count((byte)'\n');
                start = at;
                var end = rest.IndexOf((byte)'\n');
                var behind = rest[3..(end < 0 ? rest.Length : end)].Trim(" \t\r"u8);
                trailing = behind.Length > 0 && behind[0] != '#';
                if (!trailing)
                {
                    start = end < 0 ? text.Length : at + end + 1;
                    line++;
                }
            }
            var next = rest.IndexOf("\n---"u8);
            at = next < 0 ? text.Length : at + next + 1;
        }
        Add(chunks, stream[start..], line, trailing);
        return chunks;
    }

    private static void Add(List<Chunk> chunks, ReadOnlyMemory<byte> bytes, int line, bool trailing)
    {
        if (bytes.Length > 0)
            chunks.Add(new Chunk(bytes, line, trailing));
    }

    /// <summary>Lines that begin with % belong to the document behind the next separator.</summary>
    private static bool OnlyDirectives(ReadOnlySpan<byte> text)
    {
        var found = false;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (line.Length > 0 && line[0] == '%')
                found = true;
            else if (line.Trim(" \t\r"u8) is { Length: > 0 } content && content[0] != '#')
                return false;
        }
        return found;
    }
}
