namespace AdmissionGuard.Manifests;

/// <summary>What lies below a folder: manifests in the order of their paths, each real folder once, so that links that lead back end.</summary>
internal sealed class Folder(IReadOnlyList<Glob> excludes)
{
    private readonly HashSet<string> visited = [];

    public List<string> Files { get; } = [];

    public List<string> Kustomizations { get; } = [];

    /// <summary>Charts whose templates were passed over.</summary>
    public List<string> Charts { get; } = [];

    public List<ManifestError> Errors { get; } = [];

    /// <param name="path">As it is shown: as given, and what was found below it.</param>
    public void Walk(string path) => Walk(path, Path.GetFullPath(path));

    private void Walk(string path, string real)
    {
        if (!visited.Add(real)) return;
        if (IsTemplates(real))
        {
            Charts.Add(path);
            return;
        }
        try
        {
            // with an early look at each entry's own attributes, a link is known without another call
            var entries = new DirectoryInfo(path).GetFileSystemInfos();
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (var entry in entries) Visit(entry, Join(path, entry.Name), real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Errors.Add(new ManifestError(path, null, null, $"cannot be read: {e.Message}"));
        }
    }

    private void Visit(FileSystemInfo entry, string path, string parent)
    {
        if (Excluded(path)) return;
        if (entry is FileInfo)
        {
            if (IsKustomization(entry.Name)) Kustomizations.Add(path);
            else if (IsManifest(entry.Name)) Files.Add(path);
            return;
        }
        if (entry.Name.StartsWith('.') || entry.Name == "node_modules") return;
        Walk(path, entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.Join(parent, entry.Name));
    }

    public bool Excluded(string path)
    {
        foreach (var exclude in excludes)
        {
            if (exclude.Fits(path)) return true;
        }
        return false;
    }

    public static bool IsKustomization(string name) => name is "kustomization.yaml" or "kustomization.yml" or "Kustomization";

    private static bool IsManifest(string name) =>
        name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal) || name.EndsWith(".json", StringComparison.Ordinal);

    private static bool IsTemplates(string real) =>
        Path.GetFileName(real) == "templates" && Path.GetDirectoryName(real) is { } chart && File.Exists(Path.Join(chart, "Chart.yaml"));

    private static string Join(string path, string name) => path is "." or "./" ? name : path.EndsWith('/') ? path + name : $"{path}/{name}";
}
