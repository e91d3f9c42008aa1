namespace AdmissionGuard.Benchmarks;

/// <summary>Where the built executable is.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The Release build, as <c>dotnet build -c Release</c> leaves it.</summary>
    public static string Executable { get; } = Path.Join(Root, "src", "AdmissionGuard", "bin", "Release", "net10.0", "admissionguard");

    /// <summary>
    /// The native release, as <c>dotnet publish src/AdmissionGuard -c Release -r linux-x64</c> leaves it, or the file of
    /// <c>ADMISSIONGUARD_PROGRAM</c>; not built by the benchmarks.
    /// </summary>
    public static string Native { get; } =
        Environment.GetEnvironmentVariable("ADMISSIONGUARD_PROGRAM")
        ?? Path.Join(Root, "src", "AdmissionGuard", "bin", "Release", "net10.0", "linux-x64", "publish", "admissionguard");

    private static string Find(string from)
    {
        for (var at = from; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Join(at, "AdmissionGuard.sln")))
                return at;
        }
        throw new InvalidOperationException($"{from} is not below the repository");
    }
}
