using AdmissionGuard.Checks;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Formats;
using AdmissionGuard.Manifests;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Commands;

/// <summary>
/// A team's case for its policies: <c>NAME.yaml</c> is what would be applied, <c>NAME.old.yaml</c> what is stored, <c>NAME.policy.yaml</c> the
/// policies, without it the
/// folder's <c>policy.yaml</c>; <c>NAME.expected</c> is exactly what is said of it.
/// </summary>
internal sealed class PolicyCase(string manifest)
{
    private const string Extension = ".yaml";

    private string Stem => manifest[..^Extension.Length];

    private string Folder => Path.GetDirectoryName(manifest) ?? "";

    public string Name => Stem;

    public string Expected => Stem + ".expected";

    /// <summary>Every case below a folder, or the one of a file, in the order of their names.</summary>
    /// <exception cref="InputException">There is nothing at the path.</exception>
    public static IEnumerable<PolicyCase> In(string path)
    {
        if (File.Exists(path))
            return IsCase(path)
                ? [new PolicyCase(path)]
                : throw new InputException($"{path}: a case is a file NAME.yaml, not NAME.old.yaml, NAME.policy.yaml or policy.yaml");
        if (!Directory.Exists(path))
            throw new InputException($"{path}: there is no such file or folder");
        try
        {
            return
            [
                .. Directory
                    .EnumerateFiles(path, "*" + Extension, SearchOption.AllDirectories)
                    .Where(IsCase)
                    .Order(StringComparer.Ordinal)
                    .Select(f => new PolicyCase(f)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {e.Message}");
        }
    }

    /// <param name="given">What applies where the case brings no policy of its own; null where nothing was given.</param>
    /// <param name="tell">Told of each notice of a policy that the case brings.</param>
    /// <exception cref="InputException">The case has no policy, or one with an error.</exception>
    public string Text(PolicySet? given, DateTimeOffset now, Action<string> tell)
    {
        var set = PoliciesOf(given, now);
        foreach (var notice in set == given ? [] : set.Notices)
            tell(notice.ToString());
        var report = new ManifestReview(Actor.GitOps, "default", now).Run(
            set.Cluster,
            Read(manifest),
            File.Exists(Stem + ".old" + Extension) ? Read(Stem + ".old" + Extension) : null
        );
        return CaseText.Of(report, Folder);
    }

    private PolicySet PoliciesOf(PolicySet? given, DateTimeOffset now)
    {
        var own = new[] { $"{Stem}.policy{Extension}", Path.Combine(Folder, "policy" + Extension) }.FirstOrDefault(File.Exists);
        if (own is null || (given is not null && !own.StartsWith(Stem + ".", StringComparison.Ordinal)))
            return given
                ?? throw new InputException(
                    $"{manifest}: no policy for it: write {Path.GetFileName(Stem)}.policy{Extension} or policy{Extension} beside it, or give --policy"
                );
        return PolicyFiles.Read([own], [], Stream.Null, now).OrThrow();
    }

    private static ManifestSet Read(string path) => ManifestFiles.Read([path], [], Stream.Null);

    private static bool IsCase(string path)
    {
        var name = Path.GetFileName(path);
        return name.EndsWith(Extension, StringComparison.Ordinal)
            && !name.EndsWith(".old" + Extension, StringComparison.Ordinal)
            && !name.EndsWith(".policy" + Extension, StringComparison.Ordinal)
            && name != "policy" + Extension;
    }
}
