using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Policies;

/// <summary>
/// GuardPolicies, GuardExceptions and the GuardSettings from files and folders, in any order; the settings are read first, for they bound the
/// exceptions.
/// </summary>
internal sealed class PolicyFiles
{
    private static readonly string[] Kinds = [PolicyReader.Kind, ExceptionReader.Kind, SettingsReader.Kind];

    private readonly DateTimeOffset now;
    private readonly List<GuardPolicy> policies;
    private readonly List<GuardException> exceptions = [];
    private readonly List<(int Order, ManifestError Error)> errors = [];
    private readonly List<ManifestError> notices = [];
    private GuardSettings? settings;
    private int? maxDays = GuardSettings.Default.MaxExceptionDays;

    private PolicyFiles(IEnumerable<GuardPolicy> builtIn, DateTimeOffset now)
    {
        policies = [.. builtIn];
        this.now = now;
    }

    /// <param name="builtIn">Policies besides those of the files.</param>
    /// <param name="now">From when the length of an exception is measured.</param>
    public static PolicySet Read(IEnumerable<string> paths, IEnumerable<GuardPolicy> builtIn, Stream standardInput, DateTimeOffset now)
    {
        var files = new PolicyFiles(builtIn, now);
        var documents = files.Documents(paths, standardInput);
        foreach (var (document, order) in documents.Where(d => d.Document.Kind == SettingsReader.Kind))
            files.TakeSettings(document, order);
        foreach (var (document, order) in documents.Where(d => d.Document.Kind != SettingsReader.Kind))
            files.Take(document, order);
        return new PolicySet(files.policies, files.exceptions, files.settings, [.. files.errors.OrderBy(e => e.Order).Select(e => e.Error)])
        {
            Notices = files.notices,
        };
    }

    /// <summary>
    /// Path by path, so that one without a policy is told however many the others hold; a file that two paths lead to is read once.
    /// </summary>
    private List<(Document Document, int Order)> Documents(IEnumerable<string> paths, Stream standardInput)
    {
        var documents = new List<(Document, int)>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            var read = ManifestFiles.Read([path], [], standardInput);
            foreach (var error in read.Errors)
                Refuse(documents.Count, error);
            if (read.Documents.Count == 0 && read.Errors.Count == 0)
                Refuse(documents.Count, new ManifestError(path, null, null, $"holds no {string.Join(", ", Kinds[..^1])} or {Kinds[^1]}"));
            foreach (var document in read.Documents.Where(d => !known.Contains(Path.GetFullPath(d.File))))
            {
                if (
                    document.ApiVersion?.StartsWith(ApiGroups.Guard + "/", StringComparison.Ordinal) == true
                    && Kinds.Contains(document.Kind, StringComparer.Ordinal)
                )
                    documents.Add((document, documents.Count));
                else
                    Refuse(
                        documents.Count,
                        At(
                            document,
                            Pointer.Root,
                            $"{Clip(document.ApiVersion)} {Clip(document.Kind)} is no {string.Join(", ", Kinds[..^1])} or {Kinds[^1]}; nothing else "
                                + "is "
                                + $"read as a policy{Hint(document)}"
                        )
                    );
            }
            known.UnionWith(read.Documents.Select(d => Path.GetFullPath(d.File)));
        }
        return documents;
    }

    private void TakeSettings(Document document, int order)
    {
        var read = SettingsReader.Read(document.Root, out var wrong);
        Refuse(document, order, wrong);
        if (read is null)
            maxDays = null; // what they would have allowed is not known: one error is not told as two
        else if (settings is not null)
            Refuse(order, At(document, Pointer.Root.Append("metadata"), $"there are {SettingsReader.Kind} already: one for the whole cluster"));
        else
        {
            settings = read;
            maxDays = read.MaxExceptionDays;
        }
    }

    private void Take(Document document, int order)
    {
        IReadOnlyList<PolicyError> wrong;
        if (document.Kind == ExceptionReader.Kind)
        {
            if (
                ExceptionReader.Read(document.Root, now, maxDays, out wrong) is { } exception
                && IsNew(exceptions.Exists(e => e.Name == exception.Name), "an exception", exception.Name)
            )
            {
                exceptions.Add(exception);
                Tell(exception.Notices);
            }
        }
        else if (
            PolicyReader.Read(document.Root, out wrong) is { } policy
            && IsNew(policies.Exists(p => p.Name == policy.Name), "a policy", policy.Name)
        )
        {
            policies.Add(policy);
            Tell(policy.Notices);
        }
        Refuse(document, order, wrong);

        void Tell(IReadOnlyList<PolicyNotice> told) => notices.AddRange(told.Select(n => At(document, n.Path, n.ToString())));

        bool IsNew(bool known, string what, string name)
        {
            if (known)
                Refuse(order, At(document, Pointer.Root.Append("metadata"), $"there is {what} {Clip(name)} already"));
            return !known;
        }
    }

    private void Refuse(Document document, int order, IReadOnlyList<PolicyError> wrong)
    {
        foreach (var error in wrong)
            Refuse(order, At(document, error.Path, error.ToString()));
    }

    private void Refuse(int order, ManifestError error) => errors.Add((order, error));

    private static string Clip(string? word) => Shown.Clip(word ?? "", Shown.WordLength);

    private static string Hint(Document document) =>
        document.ApiVersion?.StartsWith(ApiGroups.Guard + "/", StringComparison.Ordinal) == true ? Nearest.Hint(document.Kind ?? "", Kinds) : "";

    private static ManifestError At(Document document, Pointer path, string message)
    {
        var (line, column) = document.PositionOf(path);
        return new ManifestError(document.File, line, column, message);
    }
}
