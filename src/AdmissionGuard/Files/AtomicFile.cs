namespace AdmissionGuard.Files;

/// <summary>Writes a file so that whoever reads it, at whatever moment, finds it whole: beside it first, then in its place.</summary>
internal static class AtomicFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What nobody but the owner reads, such as a private key.</summary>
    public const UnixFileMode Secret = Owner;

    public const UnixFileMode Readable = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>As UTF-8; otherwise like the other overload.</summary>
    public static void Write(string path, string text, UnixFileMode? mode = null) => Write(path, System.Text.Encoding.UTF8.GetBytes(text), mode);

    /// <summary>A link stays a link: the file that it leads to is replaced.</summary>
    /// <param name="mode">Null keeps that of the file, and gives a new one what the process gives to new files.</param>
    /// <exception cref="IOException">It could not be written; the file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">As with <see cref="IOException"/>.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        var file = new FileInfo(path);
        var real = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        if (IsDevice(path))
        {
            using var device = new FileStream(path, FileMode.Open, FileAccess.Write);
            device.Write(bytes);
            return;
        }
        if (mode is null && File.Exists(real))
        {
            // what its owner has locked against writing is not replaced either
            File.OpenHandle(real, FileMode.Open, FileAccess.Write).Dispose();
            if (!OperatingSystem.IsWindows())
                mode = File.GetUnixFileMode(real);
        }
        Replace(real, bytes, mode);
    }

    private static void Replace(string real, ReadOnlySpan<byte> bytes, UnixFileMode? mode)
    {
        var beside = Path.Join(Path.GetDirectoryName(real), $".{Path.GetFileName(real)}.{Guid.NewGuid():n}");
        // always a new file: one left over would keep the rights that it was made with
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (mode is not null && !OperatingSystem.IsWindows())
            options.UnixCreateMode = mode & Readable;
        try
        {
            using (var stream = new FileStream(beside, options))
            {
                // the mode of a new file is cut down by the process's mask
                if (mode is { } whole && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(stream.SafeFileHandle, whole);
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

    /// <summary>/dev/stdout and its like are written into: in their place would stand a file.</summary>
    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows()
        && Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal));
}
