using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Files;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Live;

/// <summary>The policies, exceptions and settings of the cluster, and those of files besides. Used by one task.</summary>
internal sealed class PolicyStore
{
    private readonly TimeProvider time;
    private readonly LastGoodVersions<GuardPolicy> policies = new(PolicyReader.Kind, (n, out e) => PolicyReader.Read(n, out e));
    private readonly LastGoodVersions<GuardException> exceptions;
    private readonly LastGoodVersions<GuardSettings> settings = new(SettingsReader.Kind, (n, out e) => SettingsReader.Read(n, out e));
    private PolicyStatus files;

    public PolicyStore(PolicyStatus files, TimeProvider time)
    {
        this.files = files;
        this.time = time;
        exceptions = new(ExceptionReader.Kind, (Node root, out IReadOnlyList<PolicyError> errors) =>
            ExceptionReader.Read(root, time.GetUtcNow(), Settings.MaxExceptionDays, out errors)
        );
    }

    /// <summary>The cluster's; where it has none, those of the files, else the defaults.</summary>
    private GuardSettings? Given => settings.Find(SettingsReader.Name) ?? (files.Set.HasSettings ? files.Set.Settings : null);

    private GuardSettings Settings => Given ?? GuardSettings.Default;

    public void Take(PolicyStatus changed)
    {
        files = changed;
        exceptions.ReadAgain();
    }

    /// <summary>All of them are known now: exceptions that were read before the settings came are measured by those settings alone.</summary>
    public IEnumerable<ResourceStatus> Loaded()
    {
        exceptions.ReadAgain(forget: true);
        return policies
            .All.Select(p => ResourceStatus.Of(WatchedKind.Policies, p))
            .Concat(exceptions.All.Select(e => ResourceStatus.Of(WatchedKind.Exceptions, e)))
            .Concat(settings.All.Select(s => ResourceStatus.Of(WatchedKind.Settings, s)));
    }

    /// <summary>What its status should say now: of itself, and of those that are measured by it.</summary>
    public IEnumerable<ResourceStatus> Take(WatchedKind what, Change change)
    {
        var name = change.Key.Name;
        var root = change.Type == ChangeType.Deleted ? default : change.Object;
        if (what == WatchedKind.Policies)
            return Put(policies, what, name, root, ResourceStatus.Of);
        if (what == WatchedKind.Exceptions)
            return Put(exceptions, what, name, root, ResourceStatus.Of);
        var told = Put(settings, what, name, root, ResourceStatus.Of).ToList();
        exceptions.ReadAgain();
        return told.Concat(exceptions.All.Select(e => ResourceStatus.Of(WatchedKind.Exceptions, e)));
    }

    /// <summary>
    /// A policy or exception of a file gives way to the custom resource of its name. Notices of files were told when they were read.
    /// </summary>
    public PolicyStatus Status()
    {
        var own = policies.InForce.ToList();
        var excepted = exceptions.InForce.ToList();
        return new PolicyStatus(
            new PolicySet(
                [.. files.Set.Policies.Where(f => !own.Exists(p => p.Name == f.Name)), .. own],
                [.. files.Set.Exceptions.Where(f => !excepted.Exists(e => e.Name == f.Name)), .. excepted],
                Given,
                []
            )
            {
                Notices =
                [
                    .. own.SelectMany(p => p.Notices.Select(n => At(PolicyReader.Kind, p.Name, n))),
                    .. excepted.SelectMany(e => e.Notices.Select(n => At(ExceptionReader.Kind, e.Name, n))),
                ],
            },
            time.GetUtcNow(),
            [.. files.Refused, .. policies.Refused, .. exceptions.Refused, .. settings.Refused]
        );
    }

    private static ManifestError At(string kind, string name, PolicyNotice notice) => new($"{kind} {name}", null, null, notice.ToString());

    private static ResourceStatus[] Put<T>(
        LastGoodVersions<T> versions,
        WatchedKind what,
        string name,
        Node root,
        Func<WatchedKind, StoredVersion<T>, ResourceStatus> status
    )
        where T : class
    {
        if (root.Exists)
            return versions.Put(name, root) is { } stored ? [status(what, stored)] : [];
        versions.Drop(name);
        return [];
    }
}
