using System.Text;

namespace AdmissionGuard.Manifests;

/// <summary>
/// A chunk of YAML whose lines may be pushed to the right. Within brackets and double quotes go-yaml does not care about indentation, YamlDotNet
/// does;
/// spaces before such a line mean nothing, so they make what kubectl reads readable for YamlDotNet.
/// </summary>
internal sealed class YamlText(string text, int line)
{
    private const int Push = 256;
    private const long MostWork = 16 << 20;

    private readonly HashSet<int> pushed = [];
    private string text = text;
    private long work;

    public TextReader Open() => new StringReader(text);

    /// <summary>From a place in the text, as pushed, to the place in the file.</summary>
    public Position InFile(long at, long column) => new((int)at + line, (int)column - (column > Push && pushed.Contains((int)at) ? Push : 0));

    /// <summary>Pushes lines of the text; false where they were before, or where reading the text yet again would take too long.</summary>
    public bool TryPush(int from, int to)
    {
        work += text.Length;
        if (from > to || work > MostWork || HasRareBreaks(text))
            return false;
        var before = pushed.Count;
        var result = new StringBuilder(text.Length + Push);
        var rest = text.AsSpan();
        for (var number = 1; rest.Length > 0; number++)
        {
            var end = rest.IndexOf('\n') is var found and >= 0 ? found + 1 : rest.Length;
            if (number >= from && number <= to)
            {
                if (!pushed.Add(number))
                    return false;
                result.Append(' ', Push);
            }
            result.Append(rest[..end]);
            rest = rest[end..];
        }
        text = result.ToString();
        return pushed.Count > before;
    }

    /// <summary>The parser counts lines by these too; a wrong line must not be pushed.</summary>
    public static bool HasRareBreaks(ReadOnlySpan<char> text) =>
        text.ContainsAny('\u0085', '\u2028', '\u2029') || text.Count('\r') != text.Count("\r\n");

    /// <summary>The last line of a text in double quotes that begins at an index.</summary>
    public int LastLineOfQuote(int begin, int first)
    {
        for (var i = begin + 1; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\')
                i++;
            if (i < text.Length && text[i] == '\n')
                first++;
        }
        return first;
    }

    /// <summary>A complaint about a tab names the beginning of the map that the tab is in; this is the tab itself.</summary>
    public Position? IndentingTab(int first)
    {
        var number = 0;
        foreach (var candidate in text.AsSpan().EnumerateLines())
        {
            if (++number < first)
                continue;
            var tab = candidate.IndexOfAnyExcept(' ');
            if (tab >= 0 && candidate[tab] == '\t' && !candidate.TrimStart().IsEmpty)
                return InFile(number, tab + 1);
        }
        return null;
    }
}
