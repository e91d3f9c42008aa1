using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;

namespace AdmissionGuard.Manifests;

/// <summary>What the paths of a command line held.</summary>
/// <param name="Documents">The objects, items of Lists each by itself, in the order of paths and then of the text.</param>
/// <param name="Errors">What could not be read.</param>
/// <param name="Notices">One line each: what was skipped, and how to give it.</param>
/// <param name="PassedOver">Documents below a folder that are no Kubernetes objects.</param>
internal sealed record ManifestSet(
    IReadOnlyList<Document> Documents,
    IReadOnlyList<ManifestError> Errors,
    IReadOnlyList<string> Notices,
    int PassedOver
);

/// <summary>
/// From paths to documents. A file named itself is always read; a folder is walked, and what is only half a manifest is left to the tool that makes
/// it whole.
/// </summary>
internal sealed class ManifestFiles
{
    public const string StandardInput = "-";

    private readonly YamlReader reader = new();
    private readonly List<Document> documents = [];
    private readonly List<ManifestError> errors = [];
    private readonly List<string> notices = [];
    private int passedOver;

    private readonly IFileTree tree;

    private ManifestFiles(IFileTree tree) => this.tree = tree;

    /// <param name="tree">Where the paths are; the disk where none is given.</param>
    public static ManifestSet Read(IEnumerable<string> paths, IEnumerable<string> excludes, Stream standardInput, IFileTree? tree = null)
    {
        var files = new ManifestFiles(tree ?? Disk.Here);
        files.ReadAll(paths, new Folder(files.tree, [.. excludes.Select(e => new Glob(e))]), standardInput);
        return new ManifestSet(files.documents, files.errors, files.notices, files.passedOver);
    }

    private void ReadAll(IEnumerable<string> paths, Folder folder, Stream standardInput)
    {
        var plan = new List<(string Path, bool Named)>();
        var named = new HashSet<string>();
        var fromInput = false;
        foreach (var path in paths)
        {
            if (path == StandardInput)
            {
                if (!fromInput)
                    plan.Add((path, Named: true));
                fromInput = true;
            }
            else if (tree.IsFolder(path))
            {
                var before = folder.Files.Count;
                folder.Walk(path);
                plan.AddRange(folder.Files.Skip(before).Order(StringComparer.Ordinal).Select(f => (f, false)));
            }
            else if (!tree.IsFile(path))
                errors.Add(new ManifestError(tree.NameOf(path), null, null, "does not exist"));
            else if (!folder.Excluded(path) && named.Add(Path.GetFullPath(path)))
                plan.Add((path, Named: true));
        }
        errors.AddRange(folder.Errors);
        foreach (var templates in folder.Charts)
        {
            notices.Add(
                $"{tree.NameOf(templates)}: templates of a Helm chart, skipped; give their result: helm template CHART | admissionguard check -"
            );
        }
        var patches = Patches(folder);
        foreach (var (path, isNamed) in plan)
        {
            if (path == StandardInput)
                ReadFrom(standardInput, path, isNamed: true);
            else if (isNamed)
                ReadFile(path, isNamed: true);
            else if (Path.GetFullPath(path) is var full && !named.Contains(full) && !patches.Contains(full))
                ReadFile(path, isNamed: false);
        }
    }

    private HashSet<string> Patches(Folder folder)
    {
        var patches = new HashSet<string>();
        var found = folder.Files.Select(Path.GetFullPath).ToHashSet();
        foreach (var path in folder.Kustomizations)
        {
            passedOver++;
            if (Content(path) is not { } bytes)
                continue;
            var (read, wrong) = reader.Read(tree.NameOf(path), bytes);
            errors.AddRange(wrong);
            if (read.Count == 0)
                continue;
            var own = Kustomization.Patches(read[0].Root, Path.GetDirectoryName(Path.GetFullPath(path))!).Where(found.Contains).ToList();
            patches.UnionWith(own);
            if (own.Count == 0)
                continue;
            var names = string.Join(", ", own.Select(Path.GetFileName).Take(3)) + (own.Count > 3 ? ", …" : "");
            notices.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tree.NameOf(path)} names {own.Count} {(own.Count == 1 ? "patch" : "patches")}, skipped ({names}); give the result: "
                        + $"kustomize build DIR | admissionguard check -"
                )
            );
        }
        return patches;
    }

    private void ReadFile(string path, bool isNamed)
    {
        if (Folder.IsKustomization(Path.GetFileName(path)))
        {
            passedOver++;
            notices.Add($"{tree.NameOf(path)} is not a Kubernetes object, skipped; give its result: kustomize build DIR | admissionguard check -");
            return;
        }
        if (Content(path) is { } bytes)
            Take(tree.NameOf(path), bytes, isNamed);
    }

    private ReadOnlyMemory<byte>? Content(string path)
    {
        try
        {
            using var stream = tree.Open(path);
            return Content(stream, tree.NameOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(
                new ManifestError(tree.NameOf(path), null, null, e is FileNotFoundException ? "does not exist" : $"cannot be read: {e.Message}")
            );
            return null;
        }
    }

    private void ReadFrom(Stream stream, string path, bool isNamed)
    {
        if (Content(stream, path) is { } bytes)
            Take(path, bytes, isNamed);
    }

    /// <summary>All of it, but never more than the limit: a pipe does not say how much will come.</summary>
    private ReadOnlyMemory<byte>? Content(Stream stream, string path)
    {
        var known = stream.CanSeek ? stream.Length : 0;
        if (known <= Limits.FileBytes)
        {
            var bytes = new byte[Math.Max((int)known + 1, 4096)];
            var length = 0;
            while (stream.Read(bytes, length, bytes.Length - length) is var read and > 0)
            {
                length += read;
                if (length > Limits.FileBytes)
                    break;
                if (length == bytes.Length)
                    Array.Resize(ref bytes, Math.Min(bytes.Length * 2, Limits.FileBytes + 1));
            }
            if (length <= Limits.FileBytes)
                return bytes.AsMemory(0, length);
        }
        errors.Add(new ManifestError(path, null, null, Limits.TooLarge));
        return null;
    }

    private void Take(string path, ReadOnlyMemory<byte> bytes, bool isNamed)
    {
        var (read, wrong) = reader.Read(path, bytes);
        errors.AddRange(wrong);
        foreach (var document in read)
            Take(document, isNamed);
    }

    private void Take(Document document, bool isNamed)
    {
        if (document.IsList)
        {
            foreach (var item in document.Root["items"u8].Items)
                Take(document.Item(item), isNamed: true);
        }
        else if (document is { Root.IsObject: true, Kind.Length: > 0, ApiVersion.Length: > 0 })
            documents.Add(document);
        else if (isNamed)
        {
            var (line, column) = document.PositionOf(Pointer.Root);
            errors.Add(new ManifestError(document.File, line, column, Lacking(document)));
        }
        else
            passedOver++;
    }

    private static string Lacking(Document document)
    {
        if (!document.Root.IsObject)
            return "no Kubernetes object: not a map";
        if (document.Kind is null or "")
            return "no Kubernetes object: it has no kind";
        return "no Kubernetes object: it has no apiVersion";
    }
}
