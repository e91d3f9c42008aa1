using System.Globalization;
using System.Text.Json;

namespace AdmissionGuard.Core.Json;

/// <summary>How values of users' documents are shown in texts: short, on one line, nothing that moves a terminal's cursor.</summary>
public static class Shown
{
    /// <summary>More of one word tells nobody more.</summary>
    public const int WordLength = 64;

    public static string Value(Node node) =>
        node.Kind switch
        {
            JsonValueKind.Undefined => "absent",
            JsonValueKind.Object => "a map",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => Quote(Clip(node.Text!, 60)),
            JsonValueKind.Number => Clip(node.ToString(), 40),
            _ => node.ToString(),
        };

    /// <summary>A word of a user's document, quoted and of at most 64 characters: a message stays a message, however long the word.</summary>
    public static string Word(string text) => Quote(Clip(text, WordLength));

    public static string Quote(string text) => $"\"{Clean(text).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>
    /// Control characters, line ends and what turns the direction of a line become spaces: what a user wrote must not forge our lines.
    /// </summary>
    public static string Clean(string text)
    {
        if (text.Any(Moves))
            return string.Concat(text.Select(c => Moves(c) ? ' ' : c));
        return text;
    }

    /// <summary>At most <paramref name="length"/> characters of it, a pair of surrogates never parted.</summary>
    public static string Clip(string text, int length)
    {
        if (text.Length <= length)
            return Clean(text);
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return string.Concat(Clean(text[..end]), "…");
    }

    private static bool Moves(char c) =>
        char.IsControl(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format;

    /// <summary>A share of users in percent: whole numbers bare, others with one digit.</summary>
    public static string Percent(double share) =>
        share.ToString(Math.Abs(share - Math.Round(share)) < 0.05 ? "0" : "0.0", CultureInfo.InvariantCulture) + " %";
}
