using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>The world as rules see it: what is there, what is not, and what nobody can tell.</summary>
public sealed class ViewTests
{
    private static readonly ObjectKey Api = Key(ObjectKind.VirtualService, "api");
    private static readonly ObjectKey Other = Key(ObjectKind.VirtualService, "other");

    [Fact]
    public void Of_manifests_absence_says_something_only_beside_others_of_its_kind_and_namespace()
    {
        var view = new View(WorldSnapshot.Empty.With(Api, Route("api", "api")), Key(ObjectKind.Rollout, "api"), default);
        Assert.Equal(Presence.Here, view.Look(Api, out _));
        Assert.Equal(Presence.Absent, view.Look(Other, out _));
        Assert.Equal(Presence.Unknown, view.Look(Key(ObjectKind.VirtualService, "api", "elsewhere"), out _));
        Assert.Equal(Presence.Unknown, view.Look(Key(ObjectKind.DestinationRule, "api"), out _));
        Assert.Equal(
            Presence.Unknown,
            new View(WorldSnapshot.Empty.With(Api, Route("api", "api")).Without(Api), Key(ObjectKind.Rollout, "api"), default).Look(Other, out _)
        );
    }

    [Fact]
    public void Of_a_live_cluster_what_is_not_there_does_not_exist_unless_its_kind_is_not_loaded()
    {
        Assert.Equal(Presence.Absent, new View(WorldSnapshot.Live, Api, default).Look(Other, out _));
        Assert.Equal(Presence.Unknown, new View(WorldSnapshot.Live.WithIncomplete([ObjectKind.VirtualService]), Api, default).Look(Other, out _));
    }

    [Fact]
    public void The_object_under_review_lies_over_the_stored_one_and_is_gone_on_deletion()
    {
        var cluster = WorldSnapshot.Live.With(Api, Route("api", "old")).With(Other, Route("other", "old"));
        var changed = new View(cluster, Api, Route("api", "new"));
        Assert.Equal(["other"], Names(changed.Addressing("old.shop.svc.cluster.local", ObjectKind.VirtualService)));
        Assert.Equal(["api"], Names(changed.Addressing("new.shop.svc.cluster.local", ObjectKind.VirtualService)));
        var deleted = new View(cluster, Api, default);
        Assert.Equal(Presence.Absent, deleted.Look(Api, out _));
        Assert.Equal(["other"], Names(deleted.Addressing("old.shop.svc.cluster.local", ObjectKind.VirtualService)));
    }

    [Fact]
    public void Of_a_host_it_tells_who_claims_it_in_one_namespace_and_who_sends_to_one_subset()
    {
        var rule = Judge.Json("{'spec': {'host': 'api.shop.svc.cluster.local'}}");
        var route = Judge.Json("{'spec': {'http': [{'route': [{'destination': {'host': 'api', 'subset': 'v1'}}]}]}}");
        var cluster = WorldSnapshot.Live.With(Other, route);
        foreach (var place in (string[])["a", "shop", "z"])
            cluster = cluster.With(Key(ObjectKind.DestinationRule, "b", place), rule).With(Key(ObjectKind.DestinationRule, "a", place), rule);
        var view = new View(cluster, Key(ObjectKind.DestinationRule, "c"), rule);
        Assert.Equal(["a", "b", "c"], Names(view.Claiming("api.shop.svc.cluster.local", ObjectKind.DestinationRule, "shop")));
        Assert.Empty(view.Claiming("api.shop.svc.cluster.local", ObjectKind.DestinationRule, "none"));
        Assert.Equal(["other"], Names(view.Addressing("api.shop.svc.cluster.local", "v1", ObjectKind.VirtualService)));
        Assert.Empty(view.Addressing("api.shop.svc.cluster.local", "v2", ObjectKind.VirtualService));
    }

    [Fact]
    public void An_HTTPRoute_and_a_TrafficSplit_send_to_their_backends_and_the_split_is_for_its_root()
    {
        var route = Judge.Json(
            "{'spec': {'rules': [{'backendRefs': [{'name': 'api-v1'}, {'name': 'api-v2', 'namespace': 'other'}, {'kind': 'Bucket', 'group': "
                + "'x.example.net', 'name': 'files'}]}]}}"
        );
        var split = Judge.Json("{'spec': {'service': 'api', 'backends': [{'service': 'api-v1'}, {'service': ''}]}}");
        var cluster = WorldSnapshot.Live.With(Key(ObjectKind.HttpRoute, "api"), route).With(Key(ObjectKind.TrafficSplit, "api"), split);
        var view = new View(cluster, Api, default);
        Assert.Equal(["api"], Names(view.Addressing("api-v1.shop.svc.cluster.local", ObjectKind.HttpRoute)));
        Assert.Equal(["api"], Names(view.Addressing("api-v2.other.svc.cluster.local", ObjectKind.HttpRoute)));
        Assert.Empty(view.Addressing("files.shop.svc.cluster.local", ObjectKind.HttpRoute));
        Assert.Equal(["api"], Names(view.Addressing("api-v1.shop.svc.cluster.local", ObjectKind.TrafficSplit)));
        Assert.Equal(["api"], Names(view.Claiming("api.shop.svc.cluster.local", ObjectKind.TrafficSplit)));
    }

    [Theory]
    [InlineData("{'plugins': {'argoproj-labs/gatewayAPI': {'httpRoute': 'web', 'namespace': 'shop'}}}", "HTTPRoute", "web")]
    [InlineData("{'plugins': {'argoproj-labs/gatewayAPI': {'httpRoutes': [{'name': 'a'}, {'name': 'web'}]}}}", "HTTPRoute", "web")]
    [InlineData("{'smi': {'trafficSplitName': 'web'}}", "TrafficSplit", "web")]
    [InlineData("{'smi': {}}", "TrafficSplit", "api")]
    public void A_Rollout_names_what_it_writes(string routing, string kind, string name)
    {
        var rollout = Judge.Json($"{{'metadata': {{'name': 'api'}}, 'spec': {{'strategy': {{'canary': {{'trafficRouting': {routing}}}}}}}}}");
        var view = new View(WorldSnapshot.Live.With(Key(ObjectKind.Rollout, "api"), rollout), Api, default);
        var target = kind == "HTTPRoute" ? ObjectKind.HttpRoute : ObjectKind.TrafficSplit;
        Assert.Equal(["api"], Names(view.ReferrersOf(Key(target, name), ObjectKind.Rollout)));
        Assert.Empty(view.ReferrersOf(Key(target, "other"), ObjectKind.Rollout));
    }

    [Fact]
    public void What_is_being_deleted_refers_to_nothing_any_more()
    {
        var going = Judge.Json("{'metadata': {'deletionTimestamp': '2026-11-21T00:00:00Z'}, 'spec': {'hosts': ['api']}}");
        var view = new View(WorldSnapshot.Live.With(Other, going), Api, default);
        Assert.Empty(view.Claiming("api.shop.svc.cluster.local", ObjectKind.VirtualService));
        Assert.Equal(Presence.Here, view.Look(Other, out _));
    }

    [Fact]
    public void Another_cluster_domain_gives_short_hosts_other_names()
    {
        var cluster = WorldSnapshot.Live.With(Api, Route("api", "api")).With(GuardSettings.Default with { ClusterDomain = "corp.example" });
        var view = new View(cluster, Other, default);
        Assert.Equal(["api"], Names(view.Claiming("api.shop.svc.corp.example", ObjectKind.VirtualService)));
        Assert.Empty(view.Claiming("api.shop.svc.cluster.local", ObjectKind.VirtualService));
    }

    /// <summary>A rule that looked up what it does not declare would see nothing where only what is declared is watched.</summary>
    [Fact]
    public void A_rule_sees_only_kinds_that_it_declares()
    {
        var declares = Catalogue.Find("virtual-service-mirror")!;
        var view = new View(WorldSnapshot.Live, Api, default).For(declares.Id, declares.Reads);
        Assert.Empty(view.ReferrersOf(Api, ObjectKind.Rollout));
        Assert.Throws<InvalidOperationException>(() => view.Claiming("api", ObjectKind.ServiceEntry));
        Assert.Throws<InvalidOperationException>(() => view.Find(Key(ObjectKind.Service, "api")));
    }

    [Fact]
    public void The_index_is_what_a_search_through_all_objects_finds_after_any_changes()
    {
        var random = new Random(20261121);
        string[] names = ["a", "b", "c", "d"];
        var (cluster, stored) = (WorldSnapshot.Live, new Dictionary<ObjectKey, Node>());
        for (var i = 0; i < 2000; i++)
        {
            var key = new ObjectKey(random.Next(2) == 0 ? ObjectKind.VirtualService : ObjectKind.DestinationRule, Pick("x", "y"), Pick(names));
            if (random.Next(4) == 0)
            {
                cluster = cluster.Without(key);
                stored.Remove(key);
            }
            else
            {
                var root =
                    key.Kind == ObjectKind.VirtualService ? Route(Pick(names), Pick(names)) : Judge.Json($"{{'spec': {{'host': '{Pick(names)}'}}}}");
                cluster = cluster.With(key, root);
                stored[key] = root;
            }
            foreach (var mention in (Mention[])[Mention.Claim("a.x.svc.cluster.local"), Mention.Address("b.y.svc.cluster.local")])
            {
                foreach (var kind in (ObjectKind[])[ObjectKind.VirtualService, ObjectKind.DestinationRule])
                {
                    var expected = stored
                        .Where(o => o.Key.Kind == kind && References.Of(o.Key, o.Value, "cluster.local").Contains(mention))
                        .Select(o => o.Key)
                        .Order(ObjectKey.ByName);
                    Assert.Equal(expected, cluster.Mentioning(mention, kind).ToList());
                }
            }
        }

        string Pick(params string[] of) => of[random.Next(of.Length)];
    }

    [Theory]
    [InlineData("system:serviceaccount:kube-system:generic-garbage-collector")]
    [InlineData("system:serviceaccount:kube-system:namespace-controller")]
    [InlineData("system:kube-controller-manager")]
    public void What_kubernetes_itself_deletes_goes(string user)
    {
        var root = Route("api", "api");
        var review = Judge.Review(root.ToString()) with
        {
            Kind = ObjectKind.VirtualService,
            Operation = Operation.Delete,
            Object = default,
            OldObject = root,
        };
        Assert.Equal("goes with its owner or namespace", Evaluator.Evaluate(review with { Actor = new Actor(user, []) }, Cluster.Live).Skipped);
        Assert.NotEqual("goes with its owner or namespace", Evaluator.Evaluate(review, Cluster.Live).Skipped);
        var ending = Cluster.Live.WithNamespace("shop", Judge.Json("{'metadata': {'deletionTimestamp': '2026-11-21T00:00:00Z'}}"));
        Assert.Equal("goes with its owner or namespace", Evaluator.Evaluate(review, ending).Skipped);
    }

    /// <summary>A finalizer holds an object or its namespace for as long as somebody likes, and istiod honours it all the time.</summary>
    [Fact]
    public void What_is_being_deleted_is_judged_when_it_changes_and_when_it_is_stored()
    {
        const string Going = ", 'deletionTimestamp': '2026-11-21T00:00:00Z'";
        var cluster = Cluster.Live.With([Pipeline.Policy()]);
        var ending = cluster.WithNamespace("shop", Judge.Json($"{{'metadata': {{'name': 'shop'{Going}}}}}"));
        var edit = Judge.Review(Pipeline.Api(Pipeline.Bare), Pipeline.Api(Pipeline.Full));
        var going = Judge.Review(Pipeline.Api(Pipeline.Bare, Going), Pipeline.Api(Pipeline.Full, Going));
        foreach (var (review, world) in ((Review, Cluster)[])[(going, cluster), (edit, ending), (going, ending)])
            Assert.False(Evaluator.Evaluate(review, world).Allowed);

        var root = Judge.Json(Pipeline.Api(Pipeline.Bare, Going));
        var stored = cluster.Settings.ReviewOfStored(Key(ObjectKind.DestinationRule, "api"), root, Judge.Now);
        Assert.Equal(Pipeline.Id, Assert.Single(Evaluator.Evaluate(stored, cluster).Judgements).Rule);
        Assert.True(Evaluator.Evaluate(edit with { Object = root, OldObject = Judge.Json(Pipeline.Api(Pipeline.Bare)) }, ending).Allowed);
    }

    private static ObjectKey Key(ObjectKind kind, string name, string @namespace = "shop") => new(kind, @namespace, name);

    private static Node Route(string host, string to) =>
        Judge.Json($"{{'spec': {{'hosts': ['{host}'], 'http': [{{'route': [{{'destination': {{'host': '{to}'}}}}]}}]}}}}");

    private static IEnumerable<string> Names(IEnumerable<(ObjectKey Key, Node Root)> found) => found.Select(f => f.Key.Name);
}
