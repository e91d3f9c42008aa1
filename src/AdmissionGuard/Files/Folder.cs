using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Files;

/// <summary>What lies below a folder: manifests in the order of their paths, each real folder once, so that links that lead back end.</summary>
internal sealed class Folder(IFileTree tree, IReadOnlyList<Glob> excludes)
{
    private readonly HashSet<string> visited = [];

    public List<string> Files { get; } = [];

    public List<string> Kustomizations { get; } = [];

    /// <summary>Charts whose templates were skipped.</summary>
    public List<string> Charts { get; } = [];

    public List<ManifestError> Errors { get; } = [];

    /// <param name="path">As it is shown: as given, and what was found below it.</param>
    public void Walk(string path) => Walk(path, Path.GetFullPath(path));

    private void Walk(string path, string real)
    {
        if (!visited.Add(real))
            return;
        if (IsTemplates(real))
        {
            Charts.Add(path);
            return;
        }
        try
        {
            foreach (var entry in tree.Entries(path).OrderBy(e => e.Name, StringComparer.Ordinal))
                Visit(entry, Join(path, entry.Name), real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Errors.Add(new ManifestError(tree.NameOf(path), null, null, $"cannot be read: {e.Message}"));
        }
    }

    private void Visit(IFileTree.Entry entry, string path, string parent)
    {
        if (Excluded(path))
            return;
        var isRead = entry.IsFolder ? !entry.Name.StartsWith('.') : IsKustomization(entry.Name) || IsManifest(entry.Name.TrimEnd());
        if (isRead && entry.Name.Any(char.IsControl))
        {
            // in an output it would pass for lines of its own, or steer a terminal
            Errors.Add(new ManifestError(Shown.Clean(tree.NameOf(path)), null, null, "the name has control characters, it is not read: rename it"));
            return;
        }
        if (isRead && entry.IsSpecial)
        {
            Errors.Add(new ManifestError(tree.NameOf(path), null, null, "is a pipe, a socket or a device and not a file, it is not read"));
            return;
        }
        if (!entry.IsFolder)
        {
            if (IsKustomization(entry.Name))
                Kustomizations.Add(path);
            else if (IsManifest(entry.Name))
                Files.Add(path);
            return;
        }
        if (entry.Name.StartsWith('.') || entry.Name == "node_modules")
            return;
        Walk(path, entry.Real ?? Path.Join(parent, entry.Name));
    }

    public bool Excluded(string path)
    {
        foreach (var exclude in excludes)
        {
            if (exclude.Fits(path))
                return true;
        }
        return false;
    }

    public static bool IsKustomization(string name) => name is "kustomization.yaml" or "kustomization.yml" or "Kustomization";

    private static bool IsManifest(string name) =>
        name.EndsWith(".yaml", StringComparison.Ordinal)
        || name.EndsWith(".yml", StringComparison.Ordinal)
        || name.EndsWith(".json", StringComparison.Ordinal);

    private bool IsTemplates(string real) =>
        Path.GetFileName(real) == "templates" && Path.GetDirectoryName(real) is { } chart && tree.IsFile(Path.Join(chart, "Chart.yaml"));

    private static string Join(string path, string name)
    {
        if (path is "." or "./")
            return name;
        if (path.EndsWith('/'))
            return path + name;
        return $"{path}/{name}";
    }
}
