using System.Text;

namespace AdmissionGuard.Core.Json;

/// <summary>Writes a value as the lines that one pastes into a manifest: maps in block style, everything else on its line.</summary>
internal static class Yaml
{
    public static string Write(string key, Node value)
    {
        var text = new StringBuilder();
        Write(text, key, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, string key, Node value, int depth)
    {
        text.Append(' ', 2 * depth).Append(key.Length > 3 && key.All(char.IsAsciiLetterOrDigit) && char.IsAsciiLetter(key[0]) ? key : Shown.Quote(key)).Append(':');
        var isBlock = value.Entries.MoveNext();
        if (!isBlock) text.Append(' ').Append(Scalar(value));
        foreach (var entry in value.Entries)
        {
            text.Append('\n');
            Write(text, entry.Name, new Node(entry.Value), depth + 1);
        }
    }

    /// <summary>JSON is YAML too; only a duration loses its quotes, because nobody writes them.</summary>
    private static string Scalar(Node value) =>
        value.Text is { } text && text != "0" && Durations.TryParse(text, out _) ? text : Shown.Clean(value.ToString());
}
