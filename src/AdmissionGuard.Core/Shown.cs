using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core;

/// <summary>How values of users' documents are shown in texts: short, on one line, nothing that moves a terminal's cursor.</summary>
public static class Shown
{
    public static string Value(Node node) => node.Kind switch
    {
        JsonValueKind.Undefined => "absent",
        JsonValueKind.Object => "a map",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => Quote(Clip(node.Text!, 60)),
        JsonValueKind.Number => Clip(node.ToString(), 40),
        _ => node.ToString(),
    };

    public static string Quote(string text) => $"\"{Clean(text).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Control characters, line ends among them, become spaces: what a user wrote must not forge our lines.</summary>
    public static string Clean(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;

    public static string Clip(string text, int length) => text.Length <= length ? Clean(text) : string.Concat(Clean(text[..(length - 1)]), "…");

    /// <summary>A share of users in percent: whole numbers bare, others with one digit.</summary>
    public static string Percent(double share) => share.ToString(Math.Abs(share - Math.Round(share)) < 0.05 ? "0" : "0.0", System.Globalization.CultureInfo.InvariantCulture) + " %";
}
