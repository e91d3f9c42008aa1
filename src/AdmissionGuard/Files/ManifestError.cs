using System.Globalization;

namespace AdmissionGuard.Files;

/// <summary>Why something could not be read, in one line; line and column count from 1.</summary>
internal sealed record ManifestError(string File, int? Line, int? Column, string Message)
{
    public override string ToString() =>
        Line is null ? $"{File}: {Message}" : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}

/// <summary>Ends the reading of one document; it never leaves the reader, which turns it into a <see cref="ManifestError"/>.</summary>
internal sealed class RefusedException(int line, int column, string message) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>Whether the text is no YAML at all, rather than YAML that is refused.</summary>
    public bool IsSyntax { get; init; }

    /// <summary>Lines of the text, from and to, that kubectl would read and YamlDotNet would too, were they indented deeper.</summary>
    public (int From, int To)? Shallow { get; init; }
}
