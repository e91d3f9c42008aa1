namespace AdmissionGuard.Texts;

/// <summary>Texts in the source whose lines are longer than a source line may be.</summary>
internal static class JoinedLines
{
    /// <summary>A backslash at the end of a line joins the next one to it; line ends become those of Unix.</summary>
    public static string Of(string text) => text.ReplaceLineEndings("\n").Replace("\\\n", "", StringComparison.Ordinal);
}
