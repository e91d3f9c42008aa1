using AdmissionGuard.Core.Terms;
using AdmissionGuard.Live;
using AdmissionGuard.Tests.Kubernetes;
using static AdmissionGuard.Tests.Live.Following;

namespace AdmissionGuard.Tests.Live;

/// <summary>What a server that audits watches besides, and what it tells of changes.</summary>
public sealed class AuditedKindsTests
{
    private const string Rollout =
        "{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','metadata':{'name':'api','namespace':'shop',"
        + "'ownerReferences':[{'uid':'1'}],'finalizers':['a/b']},'spec':{'template':{'metadata':{'labels':{'a':'b'}},"
        + "'spec':{'containers':[{'name':'main'}]}}}}";

    [Fact]
    public async Task Kinds_that_rules_judge_are_watched_and_kept_whole()
    {
        await using var server = await FakeApi.Serving(All);
        server.Put(PoliciesPath, Policy("payments", Alone("rollout-first-step")));
        server.Put(RolloutsPath, Rollout);
        await using var following = Audited(server);
        await following.Until(l => l.Look(anew: false) is { Cluster.Policies.Length: 1 });
        Assert.Contains(following.Live.State.Watches, w => w.Name == "Rollout");
        var kept = ObjectTrimmer.Of(Judge.Json(Rollout), ObjectKind.Rollout, isAudited: true);
        Assert.True(kept["spec"u8].SameAs(Judge.Json(Rollout)["spec"u8]));
        Assert.True(kept["metadata"u8]["ownerReferences"u8].Exists);
        Assert.False(kept["metadata"u8]["finalizers"u8].Exists);
    }

    [Fact]
    public async Task A_look_has_all_and_the_next_only_what_changed()
    {
        await using var server = await FakeApi.Serving(All);
        server.Put(PoliciesPath, Policy("payments", Alone("rollout-first-step")));
        await using var following = Audited(server);
        ChangedCluster? first = null;
        await following.Until(l => (first ??= l.Look(anew: false)) is not null);
        Assert.Null(first!.Objects);
        Assert.Empty(following.Live.Look(anew: false)!.Objects!);
        server.Put(RolloutsPath, Rollout);
        server.Put(NamespacesPath, "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'shop'}}");
        var (objects, namespaces) = (new HashSet<ObjectKey>(), new HashSet<string>());
        await following.Until(l =>
        {
            var looked = l.Look(anew: false)!;
            objects.UnionWith(looked.Objects!);
            namespaces.UnionWith(looked.Namespaces);
            return objects.Count > 0 && namespaces.Count > 0;
        });
        Assert.Equal([new ObjectKey(ObjectKind.Rollout, "shop", "api")], objects);
        Assert.Equal(["shop"], namespaces);
        Assert.Null(following.Live.Look(anew: true)!.Objects);
    }

    [Fact]
    public async Task A_kind_that_only_the_audit_asks_for_keeps_it_waiting_and_nobody_unready()
    {
        await using var server = await FakeApi.Serving(All);
        server.Put(PoliciesPath, Policy("payments", Alone("rollout-first-step")));
        server.Fail(RolloutsPath);
        await using var following = Audited(server);
        await following.Until(l => l.State.IsReady);
        Assert.Null(following.Live.Look(anew: false));
        server.Mend(RolloutsPath);
        await following.Until(l => l.Look(anew: false) is not null);
    }
}
