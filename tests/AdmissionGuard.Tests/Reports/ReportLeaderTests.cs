using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Reports;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Reports;

/// <summary>Rounds of the audit against an API that stores reports.</summary>
public sealed class ReportLeaderTests : IDisposable
{
    private const string Shop = "namespaces/shop/policyreports/admissionguard";

    private const string Stored = "/apis/wgpolicyk8s.io/v1alpha2/" + Shop;

    private const string Good =
        "'trafficPolicy':{'outlierDetection':{'consecutive5xxErrors':5,'interval':'10s','baseEjectionTime':'30s','maxEjectionPercent':50}},";

    private readonly SteadyTime clock = new();
    private readonly StringWriter log = new();
    private Cluster cluster = Cluster
        .Live.With([Judge.Policy("destination-rule-outlier-detection", GuardAction.Deny)])
        .WithNamespace("shop", Judge.Json("{}"))
        .WithNamespace("pay", Judge.Json("{}"));
    private HashSet<ObjectKey> changed = [];
    private bool isWhole = true;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_namespace_has_one_report_of_its_failures_which_is_written_once()
    {
        await using var store = await FakeApi.Serving(ReportStore.Policies);
        using var api = store.Connect();
        var leader = Leader(api);
        Put("shop", "api", host: "ünïcode.shop.svc.cluster.local");
        Put("pay", "good", spec: Good);
        await Round(leader);
        var report = Assert.Single(store.Reports, s => s.Key == Shop).Value;
        Assert.Single(store.Reports);
        Assert.Equal("""{"error":0,"fail":1,"pass":0,"skip":0,"warn":0}""", report["summary"]!.ToJsonString());
        Assert.Equal("reports: written as PolicyReport (wgpolicyk8s.io)", log.ToString().TrimEnd());

        clock.Now += TimeSpan.FromMinutes(20); // listed again, too
        await Round(leader);
        Put("shop", "api", host: "ünïcode.shop.svc.cluster.local", spec: "'exportTo':['.'],");
        await Round(leader);
        await Round(Leader(api)); // another replica leads
        Assert.Equal(["PATCH " + Stored], store.Writes);
        Assert.Equal(Judge.Now.ToUnixTimeSeconds(), (long)report["results"]![0]!["timestamp"]!["seconds"]!);

        var standing = leader.State(earlier: 0, errors: 0);
        Assert.Equal((true, 2, 1, 1), (standing.IsLeading, standing.Objects, standing.Reports, standing.Results));
        Put("shop", "api", spec: Good);
        await Round(leader);
        Assert.Empty(store.Reports);
    }

    [Fact]
    public async Task Many_results_are_several_reports_and_those_that_are_too_many_go()
    {
        await using var store = await FakeApi.Serving(ReportStore.Policies);
        using var api = store.Connect();
        var leader = Leader(api);
        for (var i = 0; i < 1100; i++)
            Put("shop", $"dr-{i:0000}");
        await Round(leader);
        Assert.Equal([Shop, Shop + "-2", Shop + "-3"], store.Reports.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([100, 500, 500], store.Reports.Values.Select(r => (int)r["summary"]!["fail"]!).Order());
        Assert.All(store.Reports.Values, r => Assert.True(r.ToJsonString().Length < 1 << 20));
        for (var i = 0; i < 900; i++)
            Drop("shop", $"dr-{i:0000}");
        clock.Now += TimeSpan.FromMinutes(1);
        await Round(leader);
        var (path, left) = Assert.Single(store.Reports);
        Assert.Equal(Shop, path);
        // those that moved from the third report are as old as they were
        Assert.All(left["results"]!.AsArray(), r => Assert.Equal(Judge.Now.ToUnixTimeSeconds(), (long)r!["timestamp"]!["seconds"]!));
    }

    [Fact]
    public void What_no_report_has_room_for_is_counted()
    {
        var one = new Core.Reports.AuditResult(
            new Core.Reports.Referent("v1", "Rollout", "shop", "api", ""),
            "p",
            "r",
            GuardAction.Warn,
            GuardAction.Warn,
            "m",
            "spec"
        );
        Assert.Equal(Shards.Most, Shards.Of(Enumerable.Repeat(one, (Shards.Most * Shards.MostResults) + 7), out var left).Count);
        Assert.Equal(7, left);
        var large = one with { Message = new string('ü', 400) };
        Assert.All(Shards.Of(Enumerable.Repeat(large, 1000), out _), s => Assert.True(s.Sum(r => r.Json.Length) <= Shards.MostBytes));
    }

    [Fact]
    public async Task What_somebody_else_wrote_is_found_and_put_right()
    {
        await using var store = await FakeApi.Serving(ReportStore.Policies);
        using var api = store.Connect();
        var leader = Leader(api);
        Put("shop", "api");
        await Round(leader);
        store.Edit(Stored, r => r["results"] = new System.Text.Json.Nodes.JsonArray());
        Put("shop", "web");
        await Round(leader); // a conflict: it is looked at again
        await Round(leader);
        Assert.Equal(2, store.Reports[Shop]["results"]!.AsArray().Count);
        store.Edit(Stored, r => r["metadata"]!["annotations"] = null);
        clock.Now += TimeSpan.FromMinutes(11);
        await Round(leader);
        Assert.NotNull(store.Reports[Shop]["metadata"]!["annotations"]);
        store.Delete(Stored);
        clock.Now += TimeSpan.FromMinutes(11);
        await Round(leader);
        Assert.Contains(Shop, store.Reports);
        Assert.Equal(1, log.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task What_is_refused_is_told_and_done_when_it_can_be()
    {
        await using var store = await FakeApi.Serving(ReportStore.Policies);
        using var api = store.Connect();
        var leader = Leader(api);
        Put("shop", "api");
        store.Before = (_, _) => 403;
        await Assert.ThrowsAsync<ApiException>(() => Round(leader));
        // the server's cause decides that a namespace goes: what it says in words may be anything
        store.Because = ("", "policy web forbids it while shop is being terminated");
        await Assert.ThrowsAsync<ApiException>(() => Round(leader));
        store.Because = ("NamespaceTerminating", "unable to create new content");
        await Round(leader);
        Assert.Empty(store.Stored);
        store.Before = (_, _) => null;
        await Round(leader);
        Assert.Contains(Shop, store.Reports);
        Assert.Single(store.Writes);
    }

    [Fact]
    public async Task OpenReports_take_over_where_they_come_and_are_left_where_nothing_is_installed_nothing_is_asked()
    {
        await using var store = await FakeApi.Serving();
        using var api = store.Connect();
        var leader = Leader(api);
        Put("shop", "api");
        await Round(leader);
        Assert.Equal("reports: neither OpenReports nor PolicyReports are installed, looked for again every minute", log.ToString().TrimEnd());
        store.Serve(ReportStore.Policies);
        await Round(leader);
        Assert.Empty(store.Reports);
        clock.Now += TimeSpan.FromMinutes(2);
        await Round(leader);
        Assert.Equal([Shop], store.Reports.Keys);
        store.Serve(ReportStore.Open);
        clock.Now += TimeSpan.FromMinutes(2);
        await Round(leader);
        var (path, report) = Assert.Single(store.Reports);
        Assert.Equal("namespaces/shop/reports/admissionguard", path);
        Assert.Equal(
            ("admissionguard", "Report", "openreports.io/v1alpha1"),
            ((string?)report["source"], (string?)report["kind"], (string?)report["apiVersion"])
        );
    }

    [Fact]
    public async Task Half_a_picture_and_a_lost_lease_write_nothing()
    {
        await using var store = await FakeApi.Serving(ReportStore.Policies);
        using var api = store.Connect();
        var leader = Leader(api);
        Put("shop", "api");
        isWhole = false;
        await Round(leader);
        isWhole = true;
        await leader.Round(() => false, FakeApi.Stop);
        Assert.Empty(store.Writes);
        await Round(leader);
        Assert.Single(store.Writes);
    }

    [Fact]
    public async Task A_namespace_that_ends_is_left_alone_and_one_that_is_seen_late_is_written()
    {
        await using var store = await FakeApi.Serving(ReportStore.Policies);
        using var api = store.Connect();
        var leader = Leader(api);
        Put("late", "api");
        await Round(leader);
        Assert.Empty(store.Reports);
        cluster = cluster.WithNamespace("late", Judge.Json("{'metadata':{'name':'late'}}"));
        await Round(leader);
        Assert.Single(store.Reports);
        cluster = cluster.WithNamespace("late", Judge.Json("{'metadata':{'name':'late','deletionTimestamp':'2026-11-21T12:00:00Z'}}"));
        Drop("late", "api");
        await Round(leader);
        Assert.Single(store.Writes);
    }

    private ReportLeader Leader(IApiServer api) => new(api, Look, ReportPace.Usual, clock, log);

    private static Task Round(ReportLeader leader) => leader.Round(() => true, FakeApi.Stop);

    private ChangedCluster? Look(bool anew)
    {
        if (!isWhole)
            return null;
        var looked = new ChangedCluster(cluster, anew ? null : changed, ["late"]);
        changed = [];
        return looked;
    }

    private void Put(string ns, string name, string host = "api.shop.svc.cluster.local", string spec = "")
    {
        var key = new ObjectKey(ObjectKind.DestinationRule, ns, name);
        changed.Add(key);
        cluster = cluster.With(
            key,
            Judge.Json(
                $"{{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{{'name':'{name}','namespace':'{ns}',"
                    + $"'uid':'u'}},'spec':{{{spec}'host':'{host}'}}}}"
            )
        );
    }

    private void Drop(string ns, string name)
    {
        var key = new ObjectKey(ObjectKind.DestinationRule, ns, name);
        changed.Add(key);
        cluster = cluster.Without(key);
    }
}
