using System.Net;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Live;

/// <summary>A cluster at one moment: its policies, what they judge and what their rules look up, each kind listed once.</summary>
/// <param name="Policies">Those of the cluster, or those that were given in their place; refused ones are named.</param>
/// <param name="Objects">What is judged, by kind, namespace and name.</param>
/// <param name="Gaps">What could not be listed, and why, a line each: rules that look it up warn at most.</param>
internal sealed record Snapshot(Cluster Cluster, PolicyStatus Policies, IReadOnlyList<ObjectKey> Objects, IReadOnlyList<string> Gaps)
{
    /// <summary>The object, or the absent node.</summary>
    public Node Find(ObjectKey key) => Cluster.World.Find(key);

    /// <summary>The Namespace object, or the absent node where it is not known.</summary>
    public Node Namespace(string name) => Cluster.World.NamespaceOf(name);

    /// <summary>How far a kind is listed.</summary>
    public delegate void Progress(string kind, int objects);

    /// <param name="given">Policies of files take the place of the cluster's; its exceptions and settings hold, unless the files have settings of
    /// their own. Null for the cluster's own.</param>
    /// <param name="besides">Rules whose kinds are listed too, as if a policy of the cluster had them; then no policy means none, and not the profile
    /// baseline.</param>
    /// <exception cref="ApiException">The server cannot be reached, or lets us list nothing of what is judged.</exception>
    public static async Task<Snapshot> Take(
        IApiServer server,
        PolicySet? given,
        TimeProvider time,
        Progress progress,
        CancellationToken stop,
        IReadOnlyList<Rule>? besides = null
    )
    {
        var gaps = new List<string>();
        var policies = await PoliciesOf(server, given, time, gaps, progress, stop);
        if (policies.Set.Policies.Count == 0 && besides is null)
        {
            gaps.Add("the cluster has no GuardPolicy in force: judged by the profile baseline");
            policies = policies with { Set = policies.Set.With([GuardPolicy.Of(Profile.Baseline)]) };
        }
        var mesh = await MeshOf(server, policies.Set.Settings, gaps, stop);
        var cluster = Cluster.Live.With(policies.Set.Settings.InMesh(mesh)).With(policies.Set.Policies).WithExceptions(policies.Set.Exceptions);
        foreach (var item in await List(server, WatchedKind.Namespaces, ObjectTrimmer.OfNamespace, gaps, progress, stop) ?? [])
            cluster = cluster.WithNamespace(item["metadata"u8]["name"u8].Text ?? "", item);

        var rules = policies.Set.Policies.SelectMany(p => p.Rules).Select(r => r.Rule).Concat(besides ?? []).Distinct().ToList();
        var judged = rules.SelectMany(r => r.Kinds).ToHashSet();
        var objects = new List<ObjectKey>();
        var unknown = new List<ObjectKind>();
        ApiException? refusal = null;
        foreach (var kind in judged.Union(rules.SelectMany(r => r.Reads)).OrderBy(k => k.Name, StringComparer.Ordinal))
        {
            var before = gaps.Count;
            var items = await List(
                server,
                WatchedKind.Of(kind),
                judged.Contains(kind) ? root => ObjectTrimmer.Of(root, kind, isAudited: true) : root => ObjectTrimmer.Of(root, kind),
                gaps,
                progress,
                stop,
                e => refusal ??= e
            );
            if (gaps.Count > before)
                unknown.Add(kind);
            foreach (var item in items ?? [])
            {
                var name = ItemName.Of(item);
                var key = new ObjectKey(kind, name.Namespace, name.Name);
                cluster = cluster.With(key, item);
                if (judged.Contains(kind))
                    objects.Add(key);
            }
        }
        if (refusal is not null && judged.Count > 0 && judged.All(unknown.Contains))
            throw refusal;
        return new Snapshot(cluster.WithIncomplete(unknown), policies, objects, gaps);
    }

    private static async Task<MeshConfig> MeshOf(IApiServer server, GuardSettings settings, List<string> gaps, CancellationToken stop)
    {
        try
        {
            var mesh = await MeshReader.Read(server, settings, stop);
            gaps.AddRange(mesh.Notices);
            return mesh;
        }
        catch (ApiException e)
        {
            gaps.Add($"Istio's configuration could not be read, its defaults are assumed: {e.Message}");
            return MeshConfig.Unknown;
        }
    }

    private static async Task<PolicyStatus> PoliciesOf(
        IApiServer server,
        PolicySet? given,
        TimeProvider time,
        List<string> gaps,
        Progress progress,
        CancellationToken stop
    )
    {
        var none = new PolicySet([], [], settings: null, []);
        var store = new PolicyStore(new PolicyStatus(given ?? none, time.GetUtcNow(), []), time);
        foreach (var what in (WatchedKind[])[WatchedKind.Settings, WatchedKind.Policies, WatchedKind.Exceptions])
        {
            if (what == WatchedKind.Policies && given is not null)
                continue;
            foreach (var item in await List(server, what, keep: null, gaps, progress, stop) ?? [])
                _ = store.Take(what, new Change(ChangeType.Changed, ItemName.Of(item), item)).Count();
        }
        _ = store.Loaded().Count();
        var status = store.Status();
        gaps.AddRange(status.Set.Notices.Select(n => n.ToString()));
        if (given?.HasSettings == true)
            status = status with { Set = new PolicySet(status.Set.Policies, status.Set.Exceptions, given.Settings, []) };
        return status;
    }

    /// <summary>Null where it may not be listed. A kind that is not served has no objects, which is known.</summary>
    private static async Task<IReadOnlyList<Node>?> List(
        IApiServer server,
        WatchedKind what,
        Func<Node, Node>? keep,
        List<string> gaps,
        Progress progress,
        CancellationToken stop,
        Action<ApiException>? refused = null
    )
    {
        foreach (var version in what.Versions)
        {
            try
            {
                return (await server.List(version, stop, keep: keep, came: count => progress(what.Name, count))).Items;
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                // another version, or none
            }
            catch (ApiException e) when (e.Status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
            {
                refused?.Invoke(e);
                gaps.Add($"{what.Name} objects could not be listed, so rules that look them up warn at most: {e.Message}");
                return null;
            }
        }
        return [];
    }
}
