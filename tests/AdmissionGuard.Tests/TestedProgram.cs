namespace AdmissionGuard.Tests;

/// <summary>
/// The program that tests start as a process: the one that was built with them, or the file that the environment names, such as the native
/// release. Both must behave alike.
/// </summary>
internal static class TestedProgram
{
    public const string Variable = "ADMISSIONGUARD_PROGRAM";

    private static readonly string? Named = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    public static string File => Named ?? "dotnet";

    /// <summary>What stands before the arguments of the program itself.</summary>
    public static string[] Before => Named is null ? ["exec", Path.Combine(AppContext.BaseDirectory, "admissionguard.dll")] : [];
}
