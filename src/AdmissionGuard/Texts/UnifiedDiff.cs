using System.Globalization;
using System.Text;

namespace AdmissionGuard.Texts;

/// <summary>What changed between two texts, as <c>diff -u</c> and <c>git apply</c> write it.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;
    private const int ManyLines = 500;

    /// <summary>A run of lines that are equal (<c>' '</c>), gone (<c>'-'</c>) or new (<c>'+'</c>).</summary>
    private readonly record struct Line(char Mark, string Text);

    /// <summary>Empty where the texts are equal. Lines keep their own ends: one that differs only in its line ending is another line.</summary>
    public static string Of(string from, string to, string fromName, string toName)
    {
        if (from == to)
            return "";
        var old = Split(from);
        var @new = Split(to);
        var lines = (@new.Count - old.Count > ManyLines ? OnlyAdded(old, @new) : null) ?? Compare(old, @new);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"--- {fromName}\n+++ {toName}\n");
        var oldLine = 1;
        var newLine = 1;
        for (var i = 0; i < lines.Count; )
        {
            if (lines[i].Mark == ' ' && NextChange(lines, i) - i > Context)
            {
                i++;
                oldLine++;
                newLine++;
                continue;
            }
            var end = EndOfHunk(lines, i);
            if (end == i)
                break;
            Append(text, lines[i..end], ref oldLine, ref newLine);
            i = end;
        }
        return text.ToString();
    }

    private static int NextChange(List<Line> lines, int from)
    {
        while (from < lines.Count && lines[from].Mark == ' ')
            from++;
        return from == lines.Count ? int.MaxValue : from;
    }

    /// <summary>Two changes whose contexts touch are one hunk.</summary>
    private static int EndOfHunk(List<Line> lines, int from)
    {
        var end = from;
        for (var change = NextChange(lines, from); change != int.MaxValue && change - end <= 2 * Context; change = NextChange(lines, end))
        {
            end = change;
            while (end < lines.Count && lines[end].Mark != ' ')
                end++;
        }
        return end == from ? from : Math.Min(lines.Count, end + Context);
    }

    private static void Append(StringBuilder text, List<Line> hunk, ref int oldLine, ref int newLine)
    {
        var olds = hunk.Count(l => l.Mark != '+');
        var news = hunk.Count(l => l.Mark != '-');
        text.Append(
            CultureInfo.InvariantCulture,
            $"@@ -{(olds == 0 ? oldLine - 1 : oldLine)},{olds} +{(news == 0 ? newLine - 1 : newLine)},{news} @@\n"
        );
        foreach (var line in hunk)
        {
            text.Append(line.Mark).Append(line.Text);
            if (!line.Text.EndsWith('\n'))
                text.Append("\n\\ No newline at end of file\n");
        }
        oldLine += olds;
        newLine += news;
    }

    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }
        return lines;
    }

    /// <summary>The script of a text that only grew, at a cost of its length; null where a line is gone.</summary>
    private static List<Line>? OnlyAdded(List<string> from, List<string> to)
    {
        var lines = new List<Line>(to.Count);
        var x = 0;
        foreach (var line in to)
        {
            var stays = x < from.Count && from[x] == line;
            lines.Add(new Line(stays ? ' ' : '+', line));
            if (stays)
                x++;
        }
        return x == from.Count ? lines : null;
    }

    /// <summary>The shortest edit script (Myers 1986): its cost grows with the length of the texts times the number of changes.</summary>
    private static List<Line> Compare(List<string> from, List<string> to)
    {
        var most = from.Count + to.Count;
        var reached = new int[(2 * most) + 2];
        var trace = new List<int[]>();
        for (var changes = 0; changes <= most; changes++)
        {
            trace.Add(reached[(most - changes)..(most + changes + 2)]);
            for (var k = -changes; k <= changes; k += 2)
            {
                var x =
                    k == -changes || (k != changes && reached[most + k - 1] < reached[most + k + 1])
                        ? reached[most + k + 1]
                        : reached[most + k - 1] + 1;
                while (x < from.Count && x - k < to.Count && from[x] == to[x - k])
                    x++;
                reached[most + k] = x;
                if (x >= from.Count && x - k >= to.Count)
                    return Backtrack(from, to, trace);
            }
        }
        return [];
    }

    private static List<Line> Backtrack(List<string> from, List<string> to, List<int[]> trace)
    {
        var lines = new List<Line>();
        var x = from.Count;
        var y = to.Count;
        for (var changes = trace.Count - 1; changes >= 0; changes--)
        {
            var k = x - y;
            var reached = trace[changes];
            int At(int diagonal) => reached[diagonal + changes];
            var down = k == -changes || (k != changes && At(k - 1) < At(k + 1));
            var fromX = 0;
            var fromY = 0;
            if (changes > 0)
            {
                var diagonal = down ? k + 1 : k - 1;
                fromX = At(diagonal);
                fromY = fromX - diagonal;
            }
            while (x > fromX && y > fromY && x > 0 && y > 0)
            {
                lines.Add(new Line(' ', from[--x]));
                y--;
            }
            if (changes == 0)
                break;
            lines.Add(down ? new Line('+', to[--y]) : new Line('-', from[--x]));
        }
        lines.Reverse();
        return lines;
    }
}
