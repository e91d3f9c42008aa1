namespace AdmissionGuard.Files;

/// <summary>
/// Where manifests are read from: the disk, or a revision of a git repository. Paths are as given on the command line, and below those.
/// </summary>
internal interface IFileTree
{
    bool IsFolder(string path);

    bool IsFile(string path);

    /// <summary>
    /// What lies in a folder, in any order. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where it cannot be read.
    /// </summary>
    IEnumerable<Entry> Entries(string path);

    /// <summary>As <see cref="Entries"/>, of a file.</summary>
    Stream Open(string path);

    /// <summary>How the place of a finding names a file.</summary>
    string NameOf(string path);

    /// <param name="Name">The last part of its path.</param>
    /// <param name="Real">The full path behind a link, so that each folder is walked once; null where it is no link.</param>
    /// <param name="IsSpecial">It is no file with content: a pipe, which would be waited for without end, a socket or a device.</param>
    internal readonly record struct Entry(string Name, bool IsFolder, string? Real = null, bool IsSpecial = false);
}
