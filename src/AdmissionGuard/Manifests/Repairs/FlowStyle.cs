using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Manifests.Repairs;

/// <summary>How a map in braces is written.</summary>
/// <param name="IsQuoted">Keys and texts as JSON has them.</param>
/// <param name="IsSpaced">Whether a space follows a colon and a comma.</param>
/// <param name="Unit">What a line is indented deeper by than the line that holds it.</param>
internal sealed record FlowStyle(bool IsQuoted, bool IsSpaced, string Unit, string EndOfLine)
{
    public string Comma => IsSpaced ? ", " : ",";

    /// <param name="indent">Of the line that the entry is in, where maps have lines of their own; null to stay in the line.</param>
    public string Entry(string key, Node value, string? indent) => $"{Key(key)}:{(IsSpaced ? " " : "")}{Write(value, indent)}";

    public string Write(Node value, string? indent)
    {
        if (value.HasEntries)
            return Map([.. value.Entries.Select(e => (e.Name, e.Value))], indent);
        if (IsQuoted)
            return value.ToString();
        return Yaml.Scalar(value);
    }

    public string Map(IReadOnlyList<(string Key, Node Value)> entries, string? indent)
    {
        if (indent is null || !IsQuoted)
            return $"{{{string.Join(Comma, entries.Select(e => Entry(e.Key, e.Value, indent: null)))}}}";
        var deeper = indent + Unit;
        return $"{{{EndOfLine}{string.Join("," + EndOfLine, entries.Select(e => deeper + Entry(e.Key, e.Value, deeper)))}{EndOfLine}{indent}}}";
    }

    private string Key(string key) => IsQuoted ? $"\"{JsonEncodedText.Encode(key)}\"" : Yaml.Key(key);
}
