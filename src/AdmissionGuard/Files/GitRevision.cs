using System.Text;

namespace AdmissionGuard.Files;

/// <summary>
/// The files of a revision of the repository that the paths lie in. A file that is not there then is absent; links and submodules are not followed.
/// </summary>
internal sealed class GitRevision : IFileTree, IDisposable
{
    private readonly string revision;
    private readonly GitBlobs blobs;
    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<IFileTree.Entry>> folders = new(StringComparer.Ordinal);

    private GitRevision(string revision, string repository)
    {
        this.revision = revision;
        blobs = new GitBlobs(repository);
    }

    /// <param name="revision">A commit, branch or tag, as git takes it.</param>
    /// <param name="paths">On disk, there or not; all in one repository.</param>
    /// <exception cref="InputException">There is no such revision, or no repository.</exception>
    public static GitRevision Open(string revision, IEnumerable<string> paths)
    {
        var bases = paths.Select(p => Base.Of(revision, p)).ToList();
        var repositories = bases.Select(b => b.Repository).Distinct(StringComparer.Ordinal).ToList();
        if (repositories.Count > 1)
            throw new InputException($"--old git:{revision}: {repositories[0]} and {repositories[1]} are two repositories, the paths must be in one");
        var commit = revision.StartsWith('-') ? null : Git.Run(repositories[0], "rev-parse", "--verify", "--quiet", revision + "^{commit}");
        if (commit is not { Status: 0 })
            throw new InputException(
                $"--old git:{revision}: there is no such revision in {repositories[0]}; a shallow clone may have to be fetched whole"
            );
        var tree = new GitRevision(revision, repositories[0]);
        tree.List(Encoding.UTF8.GetString(commit.Output).Trim(), bases);
        return tree;
    }

    public bool IsFolder(string path) => folders.ContainsKey(Full(path));

    public bool IsFile(string path) => files.ContainsKey(Full(path));

    public IEnumerable<IFileTree.Entry> Entries(string path) => folders[Full(path)];

    public Stream Open(string path) => new MemoryStream(blobs.Read(files[Full(path)]), writable: false);

    public string NameOf(string path) => $"{revision}:{path}";

    public void Dispose() => blobs.Dispose();

    private void List(string commit, List<Base> bases)
    {
        string[] arguments = ["ls-tree", "-r", "-z", "--full-tree", commit];
        if (!bases.Exists(b => b.Wanted.Length == 0))
            arguments = [.. arguments, "--", .. bases.SelectMany(b => b.Listed).Distinct(StringComparer.Ordinal)];
        var listed = Git.Run(bases[0].Repository, arguments);
        if (listed.Status != 0)
            throw new InputException($"--old git:{revision}: {listed.Complaint}");
        var roots = bases.Select(b => (b.Folder, b.Prefix)).Distinct().ToList();
        foreach (var line in Encoding.UTF8.GetString(listed.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (line[..tab].Split(' ') is not [var mode, "blob", var id] || mode == "120000")
                continue;
            foreach (var (folder, prefix) in roots.Where(r => line.AsSpan(tab + 1).StartsWith(r.Prefix, StringComparison.Ordinal)))
                Add(folder, line[(tab + 1 + prefix.Length)..], id);
        }
    }

    private void Add(string folder, string below, string id)
    {
        var names = below.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            if (!folders.TryGetValue(folder, out var entries))
                folders[folder] = entries = [];
            entries.Add(new IFileTree.Entry(names[i], IsFolder: i < names.Length - 1));
            folder = Path.Join(folder, names[i]);
        }
        files[folder] = id;
    }

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Where a path lies in its repository.</summary>
    /// <param name="Folder">A folder of the disk, and what git calls it: <paramref name="Prefix"/>, empty or with a slash behind it.</param>
    /// <param name="Wanted">What git calls the path.</param>
    private sealed record Base(string Repository, string Folder, string Prefix, string Wanted)
    {
        /// <summary>The path itself, and by what a folder of templates is known to belong to a chart.</summary>
        public IEnumerable<string> Listed =>
            [Wanted, Wanted.Contains('/', StringComparison.Ordinal) ? Wanted[..Wanted.LastIndexOf('/')] + "/Chart.yaml" : "Chart.yaml"];

        public static Base Of(string revision, string path)
        {
            var full = Full(path);
            var folder = full;
            while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
                folder = parent;
            var found = Git.Run(folder, "rev-parse", "--show-toplevel", "--show-prefix");
            if (found.Status != 0 || Encoding.UTF8.GetString(found.Output).Split('\n') is not [var repository, var prefix, ..])
                throw new InputException($"--old git:{revision}: {path}: {found.Complaint}");
            var wanted = Path.TrimEndingDirectorySeparator(prefix + Path.GetRelativePath(folder, full).Replace(Path.DirectorySeparatorChar, '/'));
            if (full == folder)
                wanted = prefix.TrimEnd('/');
            // from the top, so that what lies beside the path is known too; not where a link leads into the repository by another name
            var top = "/" + prefix.TrimEnd('/');
            return prefix.Length == 0 || !folder.EndsWith(top, StringComparison.Ordinal)
                ? new Base(repository, folder, prefix, wanted)
                : new Base(repository, folder[..^top.Length], "", wanted);
        }
    }
}
