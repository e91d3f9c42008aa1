namespace AdmissionGuard.Core.Policies;

/// <summary>Why somebody goes past a rule, in words that still say something in a year.</summary>
public static class Reason
{
    public const int LeastLength = 10;

    /// <summary>In characters as people count them, blanks around it left out.</summary>
    public static int Length(string text) => text.Trim().EnumerateRunes().Count();

    public static string TooShort(string text) => $"has {Length(text)} characters, at least {LeastLength} are needed";
}
