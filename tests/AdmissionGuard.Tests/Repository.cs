using System.Reflection;

namespace AdmissionGuard.Tests;

/// <summary>Where the checkout is that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } =
        Path.GetFullPath(typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!);

    public static string Cases => Path.Combine(Root, "tests", "cases");

    /// <summary>The trait of classes that write files with UPDATE_GOLDEN=1, so that one filter runs them all.</summary>
    public const string Writes = "writes";

    public const string Golden = "golden";

    /// <summary>With UPDATE_GOLDEN=1 golden files are written instead of compared: read the diff before it is committed.</summary>
    public static bool UpdatesGolden => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";
}
