using System.Text;

namespace AdmissionGuard.Formats;

/// <summary>Text of users in GitHub's and GitLab's Markdown: it stays text, calls nobody and links nothing.</summary>
internal static class MarkdownText
{
    private const string Meaning = "\\`*_{}[]<>|~#&!$";

    /// <summary>On one line, each character that means something escaped; an @ no longer calls the person behind it.</summary>
    public static string Of(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in Core.Json.Shown.Clean(text))
        {
            if (Meaning.Contains(c, StringComparison.Ordinal))
                escaped.Append('\\');
            escaped.Append(c);
            if (c == '@')
                escaped.Append("&#8203;"); // a space of no width
        }
        return escaped.ToString();
    }

    /// <summary>As code in a cell of a table: in more backticks than it holds, a bar escaped even so, for the table is cut first.</summary>
    public static string Code(string text)
    {
        var clean = Core.Json.Shown.Clean(text).Replace("|", "\\|", StringComparison.Ordinal);
        var fence = new string('`', LongestRun(clean) + 1);
        var gap = clean.StartsWith('`') || clean.EndsWith('`') ? " " : "";
        return $"{fence}{gap}{clean}{gap}{fence}";
    }

    /// <summary>Lines as a block in a language, fenced by more backticks than they hold.</summary>
    public static string Block(string text, string language)
    {
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        return $"{fence}{language}\n{text}\n{fence}\n";
    }

    private static int LongestRun(string text)
    {
        var longest = 0;
        var run = 0;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
