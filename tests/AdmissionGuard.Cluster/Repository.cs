using System.Reflection;

namespace AdmissionGuard.Cluster;

/// <summary>Where the checkout is that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } =
        Path.GetFullPath(typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!);
}
