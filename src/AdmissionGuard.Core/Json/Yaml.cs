using System.Globalization;
using System.Text;

namespace AdmissionGuard.Core.Json;

/// <summary>Writes a value as the lines that one pastes into a manifest: maps in block style, everything else on its line.</summary>
public static class Yaml
{
    public static string Write(string key, Node value)
    {
        var text = new StringBuilder();
        Write(text, key, value, 0);
        return text.ToString();
    }

    /// <summary>A map as the item of a list.</summary>
    public static string Item(Node value)
    {
        var text = new StringBuilder();
        foreach (var entry in value.Entries)
        {
            if (text.Length > 0)
                text.Append('\n');
            Write(text, entry.Name, entry.Value, 1);
        }
        if (text.Length > 0)
            text[0] = '-';
        return text.ToString();
    }

    private static void Write(StringBuilder text, string key, Node value, int depth)
    {
        text.Append(' ', 2 * depth).Append(Key(key)).Append(':');
        var isBlock = value.HasEntries;
        if (!isBlock)
            text.Append(' ').Append(Scalar(value));
        foreach (var entry in value.Entries)
        {
            text.Append('\n');
            Write(text, entry.Name, entry.Value, depth + 1);
        }
    }

    public static string Key(string key) => IsBare(key) ? key : Quote(key);

    /// <summary>Bare where every reader of YAML takes it for a text, else in quotes.</summary>
    public static string Text(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && !IsReserved(text)
            ? text
            : Quote(text);

    /// <summary>Double quotes of YAML; what is not a printable character stands as its number, so that every text comes back as it was.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (
                char.IsControl(c)
                || char.GetUnicodeCategory(c)
                    is UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                        or UnicodeCategory.Format
                        or UnicodeCategory.OtherNotAssigned
            )
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>JSON is YAML too; only a duration loses its quotes, because nobody writes them.</summary>
    public static string Scalar(Node value) =>
        value.Text is { } text && text != "0" && Durations.TryParse(text, out _) ? text : Shown.Clean(value.ToString());

    /// <summary>Whether YAML 1.1 takes the word for something else than a text.</summary>
    internal static bool IsReserved(string word) =>
        word.ToUpperInvariant() is "Y" or "N" or "YES" or "NO" or "ON" or "OFF" or "TRUE" or "FALSE" or "NULL";

    /// <summary>Letters and digits, but no reserved word.</summary>
    private static bool IsBare(string key) => key.Length > 0 && char.IsAsciiLetter(key[0]) && key.All(char.IsAsciiLetterOrDigit) && !IsReserved(key);
}
