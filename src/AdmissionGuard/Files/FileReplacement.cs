namespace AdmissionGuard.Files;

/// <summary>Writes a file so that whoever reads it, at whatever moment, finds it whole: beside it first, then in its place.</summary>
internal static class FileReplacement
{
    /// <summary>The file itself where the path is a link.</summary>
    public static string Real(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    /// <summary>
    /// Keeps the file's mode. Throws <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>, the file then being as it was.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var real = Real(path);
        // what its owner has locked against writing is not replaced either
        File.OpenHandle(real, FileMode.Open, FileAccess.Write).Dispose();
        var beside = Path.Join(Path.GetDirectoryName(real), $".{Path.GetFileName(real)}.{Guid.NewGuid():n}");
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(real));
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, real, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
