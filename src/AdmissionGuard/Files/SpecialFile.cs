using System.Formats.Tar;

namespace AdmissionGuard.Files;

/// <summary>Tells pipes, sockets and devices from files, without opening them: a pipe that nobody writes into is waited for without end.</summary>
internal static class SpecialFile
{
    /// <summary>Where a header of a tar archive has the type of its entry.</summary>
    private const int TypeAt = 156;

    public static bool Is(FileInfo file)
    {
        if (OperatingSystem.IsWindows())
            return false;
        var real = Real(file);
        // only what has no length may be one; .NET says the type of a file nowhere else
        return real is { Exists: true, Length: 0 } && TypeOf(real.FullName) is not ('0' or '\0');
    }

    private static FileInfo? Real(FileInfo file)
    {
        try
        {
            return file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        }
        catch (IOException)
        {
            return null; // a link that leads back to itself is told as such by whoever reads it
        }
    }

    private static char TypeOf(string path)
    {
        using var archive = new MemoryStream();
        try
        {
            using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
                tar.WriteEntry(path, "file");
            return (char)archive.GetBuffer()[TypeAt];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException)
        {
            return '0'; // a file that cannot be read is told as such by whoever reads it
        }
        catch (IOException)
        {
            return 's'; // a socket has no place in an archive
        }
    }
}
