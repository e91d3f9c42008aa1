using System.Text;

namespace AdmissionGuard.Manifests;

/// <summary>
/// What <c>helm template</c> writes above each document: <c># Source: chart/templates/x.yaml</c>, the file that its author can change.
/// </summary>
internal static class SourceComment
{
    /// <summary>Above this it is no path.</summary>
    private const int MostBytes = 1024;

    /// <summary>
    /// Null where the comments that a document begins with name none; what begins like no name of a chart could begin a command of some CI.
    /// </summary>
    public static string? Of(ReadOnlySpan<byte> document)
    {
        foreach (var range in document.Split((byte)'\n'))
        {
            var line = document[range].Trim(" \t\r"u8);
            if (line.Length > 0 && line[0] != '#')
                return null;
            if (!line.StartsWith("# Source: "u8))
                continue;
            var source = line["# Source: "u8.Length..].Trim(" \t"u8);
            return source.Length is > 0 and <= MostBytes && (char.IsAsciiLetterOrDigit((char)source[0]) || source[0] is (byte)'.' or (byte)'_')
                ? Encoding.UTF8.GetString(source)
                : null;
        }
        return null;
    }
}
