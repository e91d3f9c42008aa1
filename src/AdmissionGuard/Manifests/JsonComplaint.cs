using System.Globalization;
using System.Text.Json;

namespace AdmissionGuard.Manifests;

/// <summary>What the JSON reader says is wrong, without where: its position counts from the part that it was given.</summary>
internal static class JsonComplaint
{
    /// <summary>One line without a full stop.</summary>
    public static string Of(JsonException e)
    {
        var position = string.Create(CultureInfo.InvariantCulture, $" LineNumber: {e.LineNumber} | BytePositionInLine: {e.BytePositionInLine}.");
        var said = e.Message.EndsWith(position, StringComparison.Ordinal) ? e.Message[..^position.Length] : e.Message;
        return "no JSON: " + said.ReplaceLineEndings("").TrimEnd('.');
    }
}
