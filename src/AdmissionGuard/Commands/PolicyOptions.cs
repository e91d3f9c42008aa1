using System.CommandLine;
using AdmissionGuard.Core;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands;

/// <summary><c>--policy</c> and <c>--profile</c>, the same for every verb. Without both, the profile baseline applies; with both, the profile is one more policy.</summary>
internal sealed class PolicyOptions
{
    private readonly Option<string[]> policy = new("--policy") { Description = "file or folder with GuardPolicies, instead of the profile (repeatable)", HelpName = "PATH" };
    private readonly Option<string?> profile = new("--profile") { Description = "built-in policy: baseline or strict", HelpName = "NAME" };

    public PolicyOptions() => profile.AcceptOnlyFromAmong("baseline", "strict");

    public void AddTo(Command command)
    {
        command.Add(policy);
        command.Add(profile);
    }

    public string[] Paths(ParseResult parsed) => parsed.GetValue(policy) ?? [];

    /// <summary>The policies that can be read, and why the others cannot.</summary>
    public (IReadOnlyList<GuardPolicy> Policies, IReadOnlyList<ManifestError> Errors) Read(ParseResult parsed, Terminal terminal)
    {
        var paths = Paths(parsed);
        var policies = new List<GuardPolicy>();
        var errors = new List<ManifestError>();
        if (parsed.GetValue(profile) is { } name) policies.Add(GuardPolicy.Of(name == "strict" ? Profile.Strict : Profile.Baseline));
        else if (paths.Length == 0) policies.Add(GuardPolicy.Of(Profile.Baseline));
        if (paths.Length > 0) ReadFiles(paths, terminal, policies, errors);
        return (policies, errors);
    }

    /// <summary>For a verb that must not begin with half of its policies.</summary>
    /// <exception cref="InputException">With every error.</exception>
    public Cluster ReadAll(ParseResult parsed, Terminal terminal)
    {
        var (policies, errors) = Read(parsed, terminal);
        return errors.Count == 0 ? Cluster.Empty.With(policies) : throw new InputException(string.Join('\n', errors.Select(e => Shown.Clean(e.ToString()))));
    }

    /// <summary>Path by path, so that one without a policy is told however many the others hold; a file that two paths lead to is read once.</summary>
    private static void ReadFiles(string[] paths, Terminal terminal, List<GuardPolicy> policies, List<ManifestError> errors)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            var read = ManifestFiles.Read([path], [], terminal.In);
            errors.AddRange(read.Errors);
            if (read.Documents.Count == 0 && read.Errors.Count == 0) errors.Add(new ManifestError(path, null, null, $"holds no {PolicyReader.Kind}"));
            foreach (var document in read.Documents.Where(d => !known.Contains(Path.GetFullPath(d.File)))) ReadPolicy(document, policies, errors);
            known.UnionWith(read.Documents.Select(d => Path.GetFullPath(d.File)));
        }
    }

    private static void ReadPolicy(Document document, List<GuardPolicy> policies, List<ManifestError> errors)
    {
        var isOurs = document.ApiVersion?.StartsWith("admissionguard.io/", StringComparison.Ordinal) == true;
        if (!isOurs || document.Kind != PolicyReader.Kind)
        {
            errors.Add(At(document, Pointer.Root, $"{document.ApiVersion} {document.Kind} is no {PolicyReader.Kind}; this version reads nothing else as a policy"));
            return;
        }
        var guard = PolicyReader.Read(document.Root, out var wrong);
        errors.AddRange(wrong.Select(e => At(document, e.Path, e.Path.Steps.Count == 0 ? e.Message : $"{e.Path.ToText()}: {e.Message}")));
        if (guard is null) return;
        if (policies.Any(p => p.Name == guard.Name)) errors.Add(At(document, Pointer.Root.Append("metadata"), $"there is a policy {guard.Name} already"));
        else policies.Add(guard);
    }

    private static ManifestError At(Document document, Pointer path, string message)
    {
        var (line, column) = document.PositionOf(path);
        return new ManifestError(document.File, line, column, message);
    }
}
