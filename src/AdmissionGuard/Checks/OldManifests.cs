using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Checks;

/// <summary>What <c>--old</c> names: files and folders, or with <c>git:REV</c> the same paths in a revision.</summary>
internal static class OldManifests
{
    private const string Revision = "git:";

    /// <summary>Null where none are given.</summary>
    /// <exception cref="InputException">There is no such revision, or no repository.</exception>
    public static ManifestSet? Read(string[] old, string[] paths, string[] excludes, Stream standardInput)
    {
        if (old.Length == 0)
            return null;
        if (Array.Find(old, o => o.StartsWith(Revision, StringComparison.Ordinal)) is not { } from)
            return ManifestFiles.Read(old, excludes, standardInput) with { Notices = [] }; // they were said of the new ones
        if (old.Length > 1)
            throw new InputException($"--old {from} stands alone: it has all that the paths had then");
        if (paths.Contains(ManifestFiles.StandardInput, StringComparer.Ordinal))
            throw new InputException($"--old {from} is for files and folders: standard input has no revisions");
        using var tree = GitRevision.Open(from[Revision.Length..], paths);
        var read = ManifestFiles.Read(paths.Where(p => tree.IsFile(p) || tree.IsFolder(p)), excludes, standardInput, tree);
        // a change that mends what could not be read must not fail for what it mends
        return read with { Errors = [], Notices = [.. read.Errors.Select(e => $"{e}; what it holds is judged as if it were new")] };
    }
}
