namespace AdmissionGuard.Manifests.Repairs;

/// <summary>A chunk of a file as lines. Lines count from 0 here, offsets are UTF-16 units of <see cref="Text"/>.</summary>
internal sealed class ChunkText
{
    private readonly int first;
    private readonly List<int> starts = [0];

    /// <param name="text">Without a byte order mark.</param>
    /// <param name="first">Lines of the file before it.</param>
    public ChunkText(string text, int first)
    {
        Text = text;
        this.first = first;
        for (var at = text.IndexOf('\n'); at >= 0; at = text.IndexOf('\n', at + 1))
            starts.Add(at + 1);
        EndOfLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
    }

    public string Text { get; }

    /// <summary>How its lines end.</summary>
    public string EndOfLine { get; }

    /// <summary>The end of the text for what the parser finds behind it, on a line that is not there.</summary>
    public int OffsetOf(Position position) => Math.Min(StartOf(position.Line - first - 1) + position.Column - 1, Text.Length);

    public int LineInFile(int offset) => LineOf(offset) + first + 1;

    public int LineOf(int offset)
    {
        var found = starts.BinarySearch(offset);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Where a line begins; the end of the text for the one behind the last.</summary>
    public int StartOf(int line) => line < starts.Count ? starts[line] : Text.Length;

    /// <summary>Characters between the beginning of the line and this one.</summary>
    public int ColumnOf(int offset) => offset - starts[LineOf(offset)];

    /// <summary>What stands in the line before this place.</summary>
    public ReadOnlySpan<char> Before(int offset) => Text.AsSpan(starts[LineOf(offset)], ColumnOf(offset));

    /// <summary>The white space that the line begins with.</summary>
    public string IndentOf(int line)
    {
        var text = Line(line);
        var end = text.IndexOfAnyExcept(' ', '\t');
        return text[..(end < 0 ? text.Length : end)].ToString();
    }

    /// <summary>Without its end.</summary>
    public ReadOnlySpan<char> Line(int line) => Text.AsSpan(StartOf(line)..StartOf(line + 1)).TrimEnd("\r\n");

    /// <summary>The line behind an entry that ends in a line, and behind the comments that are indented deeper than it: those are its own.</summary>
    public int Behind(int offset, int column)
    {
        var line = LineOf(offset) + 1;
        while (line < starts.Count && Line(line).TrimStart(' ') is ['#', ..] && IndentOf(line).Length > column)
            line++;
        return StartOf(line);
    }

    /// <summary>
    /// Where a text in block style (<c>|</c> or <c>&gt;</c>) ends, whose header is in the line of an offset and which belongs to an entry at a
    /// column.
    /// </summary>
    public int EndOfBlockText(int header, int column)
    {
        var head = LineOf(header);
        var last = head;
        var indent = 0;
        for (var line = head + 1; line < starts.Count; line++)
        {
            var text = Line(line);
            var depth = text.IndexOfAnyExcept(' ');
            if (depth < 0)
                continue;
            if (depth <= column || depth < indent)
                break;
            if (indent == 0)
                indent = HasIndicator(head, header) ? column + 1 : depth;
            last = line;
        }
        if (Header(head, header).Contains('+'))
        {
            while (last + 1 < starts.Count && StartOf(last + 1) < Text.Length && Line(last + 1).Trim(' ').IsEmpty)
                last++;
        }
        return StartOf(last) + Line(last).Length;
    }

    private bool HasIndicator(int line, int offset) => Header(line, offset).ContainsAnyInRange('1', '9');

    private ReadOnlySpan<char> Header(int line, int offset)
    {
        var text = Line(line)[(offset - StartOf(line))..];
        var comment = text.IndexOf(" #");
        text = comment < 0 ? text : text[..comment];
        return text[Math.Max(0, text.LastIndexOfAny('|', '>'))..];
    }
}
