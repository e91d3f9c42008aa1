namespace AdmissionGuard.Files;

/// <summary>Paths behind links.</summary>
internal static class RealPath
{
    /// <summary>The full path with every link on the way followed; what is not there is taken as it is written.</summary>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Join(real, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            real = info.LinkTarget is null ? next : Of(info.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        }
        return real;
    }

    /// <summary>Whether a file is really in one of the folders, or is one of the files, that were named.</summary>
    public static bool IsWithin(string path, IReadOnlyList<string> named)
    {
        var full = Path.GetFullPath(path);
        foreach (var name in named)
        {
            if (Path.GetFullPath(name) == full)
                return true;
            if (Directory.Exists(name) && Of(path).StartsWith(Of(name).TrimEnd('/') + "/", StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
