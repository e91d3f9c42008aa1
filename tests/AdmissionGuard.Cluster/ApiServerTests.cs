using System.Net;
using System.Text;
using System.Threading.Channels;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Cluster;

/// <summary>Our client against a real API server.</summary>
public sealed class ApiServerTests(TestCluster cluster)
{
    private static readonly Resource ConfigMaps = new("", "v1", "configmaps");
    private static readonly Resource Rollouts = new("argoproj.io", "v1alpha1", "rollouts");

    private readonly string ns = "client-" + Guid.NewGuid().ToString("N")[..8];

    private static CancellationToken Stop => Waiting.Stop;

    [Fact]
    public async Task Lists_page_by_page_without_managedFields()
    {
        using var api = await Connect();
        for (var i = 0; i < 7; i++)
            await Create(api, $"c{i}");
        var listing = await api.List(ConfigMaps, Stop, ns, pageSize: 3);
        Assert.Equal(7, listing.Items.Count);
        Assert.All(listing.Items, item =>
        {
            Assert.Equal("ConfigMap", item["kind"u8].Text);
            Assert.Equal("v1", item["apiVersion"u8].Text);
            Assert.False(item["metadata"u8]["managedFields"u8].Exists);
        });
        Assert.Single((await api.List(ConfigMaps, Stop, ns, labelSelector: "name=c3")).Items);
    }

    [Fact]
    public async Task A_watch_resumes_where_it_was_and_ends_when_it_was_asked_to()
    {
        using var api = await Connect();
        var from = (await api.List(ConfigMaps, Stop, ns)).ResourceVersion;
        await Create(api, "one");
        string version;
        await using (var watch = await api.Watch(ConfigMaps, from, TimeSpan.FromMinutes(1), Stop, ns))
        {
            var first = (await watch.Next(Stop))!.Value;
            Assert.Equal((WatchEventType.Added, "one"), (first.Type, first.Object["metadata"u8]["name"u8].Text));
            Assert.False(first.Object["metadata"u8]["managedFields"u8].Exists);
            version = first.ResourceVersion!;
        }
        await api.Merge(ConfigMaps, ns, "one", """{"data":{"a":"1"}}"""u8.ToArray(), Stop);
        Assert.True(await api.Delete(ConfigMaps, ns, "one", Stop));
        Assert.False(await api.Delete(ConfigMaps, ns, "one", Stop));
        await using (var again = await api.Watch(ConfigMaps, version, TimeSpan.FromMinutes(1), Stop, ns))
        {
            Assert.Equal(WatchEventType.Modified, (await again.Next(Stop))!.Value.Type);
            Assert.Equal(WatchEventType.Deleted, (await again.Next(Stop))!.Value.Type);
        }
        await using var ended = await api.Watch(ConfigMaps, version, TimeSpan.FromSeconds(1), Stop, ns);
        var seen = 0;
        while (await ended.Next(Stop) is { Type: not WatchEventType.Bookmark })
            seen++;
        Assert.Equal(2, seen);
    }

    [Fact]
    public async Task A_refusal_has_its_status_reason_and_message()
    {
        using var api = await Connect();
        Assert.False((await api.Get(ConfigMaps, ns, "absent", Stop)).Exists);
        await Create(api, "one");
        var twice = await Assert.ThrowsAsync<ApiException>(() => Create(api, "one"));
        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists"), (twice.Status, twice.Reason));
        Assert.EndsWith($"POST /api/v1/namespaces/{ns}/configmaps: configmaps \"one\" already exists (409)", twice.Message, StringComparison.Ordinal);
        var stale = await Assert.ThrowsAsync<ApiException>(() =>
            api.Merge(ConfigMaps, ns, "one", """{"metadata":{"resourceVersion":"1"}}"""u8.ToArray(), Stop)
        );
        Assert.True(stale.IsConflict);
        await Assert.ThrowsAsync<ApiException>(() => api.Delete(ConfigMaps, ns, "one", Stop, resourceVersion: "1"));
        var one = await api.Get(ConfigMaps, ns, "one", Stop);
        await api.Update(ConfigMaps, ns, "one", Encoding.UTF8.GetBytes(one.ToString()), Stop);
    }

    [Fact]
    public async Task Applies_with_an_owner_takes_over_by_force_and_writes_a_status_alone()
    {
        using var api = await Connect();
        await api.Apply(Rollouts, ns, "api", Rollout("""{"spec":{"replicas":1}}"""), Stop);
        var other = await Assert.ThrowsAsync<ApiException>(() =>
            api.Apply(Rollouts, ns, "api", Rollout("""{"spec":{"replicas":2}}"""), Stop, fieldManager: "other", force: false)
        );
        Assert.True(other.IsConflict);
        var taken = await api.Apply(Rollouts, ns, "api", Rollout("""{"spec":{"replicas":2}}"""), Stop, fieldManager: "other");
        Assert.Equal("2", taken["spec"u8]["replicas"u8].ToString());
        var status = await api.Apply(
            Rollouts,
            ns,
            "api",
            Rollout("""{"spec":{"replicas":9},"status":{"selector":"app=api"}}"""),
            Stop,
            subresource: "status"
        );
        Assert.Equal(("2", "app=api"), (status["spec"u8]["replicas"u8].ToString(), status["status"u8]["selector"u8].Text));
    }

    [Fact]
    public async Task What_is_served_is_known()
    {
        using var api = await Connect();
        Assert.True(await api.Serves(Rollouts, Stop));
        Assert.False(await api.Serves(new Resource("argoproj.io", "v1alpha1", "applications"), Stop));
        Assert.False(await api.Serves(new Resource("keda.sh", "v1alpha1", "scaledobjects"), Stop));
    }

    [Fact]
    public async Task A_resource_without_definition_is_synced_and_found_once_it_is_there()
    {
        using var api = await Connect();
        var group = $"{ns}.example.com";
        var changes = Channel.CreateUnbounded<Change>();
        var resource = new Resource(group, "v1", "things");
        var state = WatchState.NotYet;
        var watcher = new Watcher(api, [resource], c => changes.Writer.TryWrite(c), TimeProvider.System, () => 0.5)
        {
            LookAgain = TimeSpan.FromMilliseconds(100),
            Stated = s => Volatile.Write(ref state, s),
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = watcher.Run(stop.Token);
        Assert.Equal(ChangeType.Synced, (await changes.Reader.ReadAsync(Stop)).Type);
        Assert.False(Volatile.Read(ref state).Served);
        (
            await cluster.Kubectl.Apply(
                $$$"""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: things.{{{group}}} }
                spec:
                  group: {{{group}}}
                  scope: Namespaced
                  names: {kind: Thing, listKind: ThingList, plural: things, singular: thing}
                  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object} } }]
                """
            )
        ).Passed();
        Assert.Equal(ChangeType.Synced, (await changes.Reader.ReadAsync(Stop)).Type);
        Assert.True(Volatile.Read(ref state).Served);
        await api.Create(
            resource,
            ns,
            Encoding.UTF8.GetBytes($$$"""{"apiVersion":"{{{group}}}/v1","kind":"Thing","metadata":{"name":"one"}}"""),
            Stop
        );
        var made = await changes.Reader.ReadAsync(Stop);
        Assert.Equal((ChangeType.Changed, new ItemName(ns, "one")), (made.Type, made.Key));
        (await cluster.Kubectl.Run($"delete crd things.{group}")).Passed();
        Assert.Equal(ChangeType.Deleted, (await changes.Reader.ReadAsync(Stop)).Type);
        await Waiting.Until(() => !Volatile.Read(ref state).Served, () => Volatile.Read(ref state).ToString());
        Assert.Null(Volatile.Read(ref state).LostSince);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Of_two_contenders_one_leads_and_gives_the_lease_over_when_it_stops()
    {
        using var api = await Connect();
        var leaders = Channel.CreateUnbounded<string>();
        var contenders = new Dictionary<string, (Task Run, CancellationTokenSource End)>(StringComparer.Ordinal)
        {
            ["first"] = Contender("first"),
            ["second"] = Contender("second"),
        };
        var leader = await leaders.Reader.ReadAsync(Stop);
        await contenders[leader].End.CancelAsync();
        await contenders[leader].Run;
        var next = await leaders.Reader.ReadAsync(Stop);
        Assert.NotEqual(leader, next);
        await contenders[next].End.CancelAsync();
        await contenders[next].Run;
        var spec = (await api.Lease(new ItemName(ns, "guard"), Stop))!.Spec;
        Assert.Equal(("", 1), (spec.HolderIdentity, spec.LeaseTransitions));
        foreach (var (_, end) in contenders.Values)
            end.Dispose();

        (Task Run, CancellationTokenSource End) Contender(string identity)
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var lease = new Lease(api, new ItemName(ns, "guard"), identity, TimeProvider.System, () => 0.5);
            return (lease.Run(Lead, _ => { }, end.Token), end);

            async Task Lead(CancellationToken lost)
            {
                await leaders.Writer.WriteAsync(identity, lost);
                await Task.Delay(Timeout.Infinite, lost);
            }
        }
    }

    private async Task<ApiServer> Connect()
    {
        (await cluster.Kubectl.Run($"create namespace {ns}")).Passed();
        return cluster.Connect();
    }

    private Task<Node> Create(ApiServer api, string name) =>
        api.Create(
            ConfigMaps,
            ns,
            Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{"name":"{{{name}}}"} } }"""),
            Stop
        );

    private static byte[] Rollout(string rest) =>
        Encoding.UTF8.GetBytes("""{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"api"},""" + rest[1..]);
}
