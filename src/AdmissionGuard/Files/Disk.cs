namespace AdmissionGuard.Files;

/// <summary>The files of this machine.</summary>
internal sealed class Disk : IFileTree
{
    public static Disk Here { get; } = new();

    public bool IsFolder(string path) => Directory.Exists(path);

    public bool IsFile(string path) => File.Exists(path);

    // with an early look at each entry's own attributes, a link is known without another call
    public IEnumerable<IFileTree.Entry> Entries(string path) =>
        new DirectoryInfo(path)
            .GetFileSystemInfos()
            .Select(e => new IFileTree.Entry(
                e.Name,
                e is DirectoryInfo,
                e is DirectoryInfo ? e.ResolveLinkTarget(returnFinalTarget: true)?.FullName : null,
                e is FileInfo file && SpecialFile.Is(file)
            ));

    public Stream Open(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    public string NameOf(string path) => path;
}
