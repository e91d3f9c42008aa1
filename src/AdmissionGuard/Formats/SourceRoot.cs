namespace AdmissionGuard.Formats;

/// <summary>
/// Where the paths of code hosts begin: at the repository that the working directory lies in, else at the working directory. GitHub takes every
/// relative path
/// from there, from wherever in the repository the check was run.
/// </summary>
internal sealed class SourceRoot(string root)
{
    public static SourceRoot Of(string workingDirectory)
    {
        for (var folder = new DirectoryInfo(workingDirectory); folder is not null; folder = folder.Parent)
        {
            // a file in worktrees and submodules
            if (Path.Exists(Path.Join(folder.FullName, ".git")))
                return new SourceRoot(folder.FullName);
        }
        return new SourceRoot(workingDirectory);
    }

    /// <summary>Of the root itself, with a slash behind it.</summary>
    public string BaseUri { get; } = FileUri(root.TrimEnd(Path.DirectorySeparatorChar)) + "/";

    /// <summary>The path below the root with forward slashes; the full path of what lies elsewhere.</summary>
    public string PathOf(string file)
    {
        var full = Path.GetFullPath(file);
        var relative = Path.GetRelativePath(root, full);
        var isBelow =
            relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);
        return Slashes(isBelow ? relative : full);
    }

    /// <summary>As <see cref="PathOf"/>, percent-encoded: relative below the root, with a scheme elsewhere.</summary>
    public string UriOf(string file) => PathOf(file) is var path && Path.IsPathRooted(path) ? FileUri(path) : Encoded(path);

    /// <summary>Each name of a path encoded, so that no character of it ends the path or begins a scheme.</summary>
    public static string Encoded(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string FileUri(string path) => "file://" + (path.StartsWith('/') ? "" : "/") + Encoded(Slashes(path));

    private static string Slashes(string path) => path.Replace(Path.DirectorySeparatorChar, '/');
}
