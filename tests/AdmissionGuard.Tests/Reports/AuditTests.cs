using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Reports;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Reports;

/// <summary>The audit keeps up with a cluster that changes.</summary>
public sealed class AuditTests
{
    private static readonly string[] Namespaces = ["shop", "pay"];

    private static readonly string[] Names = ["api", "web", "cart"];

    /// <summary>The law: however a cluster came to be what it is, the audit says what one that begins now says.</summary>
    [Fact]
    public void After_any_changes_it_finds_what_an_audit_from_the_beginning_finds()
    {
        var (judged, all) = (0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var cluster = Cluster
                .Live.With([GuardPolicy.Of(Profile.Strict)])
                .WithNamespace("shop", Namespace("shop", "a"))
                .WithNamespace("pay", Namespace("pay", "b"));
            var audit = new Audit();
            Take(audit, cluster, null, []);
            for (var pass = 0; pass < 25; pass++)
            {
                var (keys, namespaces) = (new HashSet<ObjectKey>(), new HashSet<string>());
                for (var change = random.Next(1, 4); change > 0; change--)
                    cluster = Change(cluster, random, keys, namespaces);
                audit.Take(cluster, keys, namespaces);
                judged += audit.Open;
                Finish(audit);
                var fresh = new Audit();
                Take(fresh, cluster, null, []);
                all += fresh.Objects;
                Assert.Equal(fresh.Objects, audit.Objects);
                Assert.Equal(fresh.Namespaces.Order(StringComparer.Ordinal), audit.Namespaces.Order(StringComparer.Ordinal));
                foreach (var ns in fresh.Namespaces)
                    Assert.Equal(fresh.ResultsIn(ns), audit.ResultsIn(ns));
            }
        }
        Assert.True(judged < all, $"{judged} of {all} were judged again");
    }

    [Fact]
    public void What_nobody_asked_for_makes_nobody_be_judged_again()
    {
        var cluster = Cluster.Live.With([GuardPolicy.Of(Profile.Baseline)]);
        for (var i = 0; i < 50; i++)
            cluster = cluster.With(
                Key(ObjectKind.DestinationRule, "shop", "dr" + i),
                Judge.Json($"{{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','spec':{{'host':'h{i}'}}}}")
            );
        var audit = new Audit();
        Take(audit, cluster, null, []);
        Assert.NotEmpty(audit.ResultsIn("shop"));
        var other = Key(ObjectKind.DestinationRule, "shop", "dr7");
        var now = cluster.With(other, Judge.Json("{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','spec':{'host':'other'}}"));
        audit.Take(now, [other], []);
        Assert.Equal(1, audit.Open);
        Finish(audit);
        audit.Take(now, [other], []); // told again, and the same
        Assert.Equal(0, audit.Open);
    }

    [Fact]
    public void An_exception_that_ends_is_found_when_all_is_judged_again()
    {
        var key = Key(ObjectKind.DestinationRule, "shop", "api");
        var exception = Exception(Judge.Now.AddHours(1));
        var cluster = Cluster
            .Live.With([Judge.Policy("destination-rule-outlier-detection", GuardAction.Deny)])
            .WithExceptions([exception])
            .With(key, Judge.Json("{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','spec':{'host':'api.shop.svc.cluster.local'}}"));
        var audit = new Audit();
        Take(audit, cluster, null, []);
        Assert.Empty(audit.ResultsIn("shop"));
        audit.JudgeAll();
        var touched = new HashSet<string>();
        audit.Judge(10, Judge.Now.AddHours(2), touched);
        Assert.Equal(["shop"], touched);
        Assert.Equal(GuardAction.Deny, Assert.Single(audit.ResultsIn("shop")).Action);
    }

    [Fact]
    public void Nothing_can_be_held_by_a_namespace_that_goes_or_is_not_there()
    {
        var audit = new Audit();
        var ending = Judge.Json("{'metadata':{'name':'old','deletionTimestamp':'2026-11-21T12:00:00Z'}}");
        audit.Take(Cluster.Live.WithNamespace("shop", Namespace("shop", "a")).WithNamespace("old", ending), null, []);
        Assert.True(audit.CanHold("") && audit.CanHold("shop"));
        Assert.False(audit.CanHold("old") || audit.CanHold("unknown"));
    }

    internal static GuardException Exception(
        DateTimeOffset expires,
        string rule = "destination-rule-outlier-detection",
        string kind = "DestinationRule"
    )
    {
        var exception = ExceptionReader.Read(
            Judge.Json(
                $"{{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardException','metadata':{{'name':'legacy'}},"
                    + $"'spec':{{'rules':['{rule}'],'match':{{'kinds':['{kind}'],'namespaces':['shop'],'names':['api']}},'owner':'team-pay',"
                    + "'reason':'until the migration',"
                    + $"'expires':'{expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}'}}}}"
            ),
            Judge.Now,
            90,
            out var errors
        );
        Assert.Empty(errors);
        return exception!;
    }

    private static void Take(Audit audit, Cluster cluster, IEnumerable<ObjectKey>? keys, IEnumerable<string> namespaces)
    {
        audit.Take(cluster, keys, namespaces);
        Finish(audit);
    }

    private static void Finish(Audit audit)
    {
        var touched = new HashSet<string>();
        while (audit.Open > 0)
            audit.Judge(3, Judge.Now, touched);
    }

    private static Cluster Change(Cluster cluster, Random random, HashSet<ObjectKey> keys, HashSet<string> namespaces)
    {
        var (ns, name) = (Pick(random, Namespaces), Pick(random, Names));
        switch (random.Next(24))
        {
            case 0:
                namespaces.Add(ns);
                return random.Next(3) == 0 ? cluster.WithoutNamespace(ns) : cluster.WithNamespace(ns, Namespace(ns, Pick(random, ["a", "b"])));
            case 1:
                return cluster.With([GuardPolicy.Of(random.Next(2) == 0 ? Profile.Strict : Profile.Baseline), Selecting]);
            case 2:
                return cluster.WithExceptions(random.Next(2) == 0 ? [] : [Exception(Judge.Now.AddDays(1))]);
            case 3:
                return cluster.With(cluster.Settings with { ClusterDomain = random.Next(2) == 0 ? "cluster.local" : "mesh.local" });
            default:
                var (kind, spec, status) = Object(random, ns);
                var key = Key(kind, kind.IsNamespaced ? ns : "", name);
                keys.Add(key);
                if (random.Next(4) == 0)
                    return cluster.Without(key);
                var version = kind.Group switch
                {
                    "" => "v1",
                    "argoproj.io" => "argoproj.io/v1alpha1",
                    var group => group + "/v1",
                };
                var going = random.Next(10) == 0 ? ",'deletionTimestamp':'2026-11-21T12:00:00Z'" : "";
                return cluster.With(
                    key,
                    Judge.Json(
                        $"{{'apiVersion':'{version}','kind':'{kind.Name}','metadata':{{'name':'{name}','namespace':'{key.Namespace}',"
                            + $"'uid':'{random.Next(3)}'{going}}},'spec':{spec}{status}}}"
                    )
                );
        }
    }

    private static GuardPolicy Selecting =>
        PolicyReader.Read(
            Judge.Json(
                "{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardPolicy','metadata':{'name':'selecting'},"
                    + "'spec':{'profile':'strict','match':{'namespaceSelector':{'matchLabels':{'tier':'a'}}}}}"
            ),
            out _
        )!;

    private static Core.Json.Node Namespace(string name, string tier) =>
        Judge.Json($"{{'apiVersion':'v1','kind':'Namespace','metadata':{{'name':'{name}','labels':{{'tier':'{tier}'}}}}}}");

    private static (ObjectKind Kind, string Spec, string Status) Object(Random random, string ns)
    {
        string Name() => Pick(random, Names);
        string Host() =>
            random.Next(3) switch
            {
                0 => Name(),
                1 => $"{Name()}.{Pick(random, Namespaces)}.svc.cluster.local",
                _ => "pay.example.com",
            };
        string Subset() => Pick(random, ["stable", "canary", "v1"]);
        string Destination() => $"{{'destination':{{'host':'{Host()}','subset':'{Subset()}'}},'weight':{random.Next(0, 3) * 50}}}";
        return random.Next(7) switch
        {
            0 => (
                ObjectKind.DestinationRule,
                $"{{'host':'{Host()}','subsets':[{{'name':'stable','labels':{{'v':'1'}}}},{{'name':'{Subset()}',"
                    + $"'labels':{{'v':'{random.Next(2)}'}}}}]}}",
                ""
            ),
            1 => (ObjectKind.ServiceEntry, $"{{'hosts':['{Host()}'],'location':'MESH_EXTERNAL'}}", ""),
            2 => (
                ObjectKind.AnalysisTemplate,
                $"{{'metrics':[{{'name':'m','interval':'{random.Next(1, 9)}m','provider':{{'prometheus':{{'query':'up'}}}}}}],"
                    + $"'templates':[{{'templateName':'{Name()}'}}]}}",
                ""
            ),
            3 => (ObjectKind.ClusterAnalysisTemplate, "{'metrics':[{'name':'m','provider':{'prometheus':{'query':'up'}}}]}", ""),
            4 => (ObjectKind.Service, $"{{'selector':{{'app':'{Name()}'}}}}", ""),
            5 => (
                ObjectKind.VirtualService,
                $"{{'hosts':['{Host()}'],'http':[{{'name':'primary','route':[{Destination()},{Destination()}]}},{{'name':'{Name()}',"
                    + $"'route':[{Destination()}]{(random.Next(3) == 0 ? $",'mirror':{{'host':'{Host()}'}}" : "")}}}"
                    + $"{(random.Next(4) == 0 ? $",{{'delegate':{{'name':'{Name()}','namespace':'{ns}'}}}}" : "")}]}}",
                ""
            ),
            _ => (
                ObjectKind.Rollout,
                $"{{'selector':{{'matchLabels':{{'app':'{Name()}'}}}},'template':{{'metadata':{{'labels':{{'app':'{Name()}'}}}}}},"
                    + $"'strategy':{{'canary':{{'stableService':'{Name()}','canaryService':'{Name()}',"
                    + $"'analysis':{{'templates':[{{'templateName':'{Name()}'{(random.Next(2) == 0 ? ",'clusterScope':true" : "")}}}]}},"
                    + $"'trafficRouting':{{'managedRoutes':[{{'name':'{Name()}'}}],'istio':{{'virtualService':{{'name':'{Name()}',"
                    + $"'routes':['primary']}},'destinationRule':{{'name':'{Name()}','stableSubsetName':'stable',"
                    + $"'canarySubsetName':'canary'}}}}}},'steps':[{{'setWeight':{random.Next(1, 10) * 10}}},"
                    + $"{{'pause':{{'duration':'5m'}}}}]}}}}}}",
                random.Next(2) == 0 ? ",'status':{'phase':'Progressing','currentPodHash':'a','stableRS':'b'}" : ""
            ),
        };
    }

    private static ObjectKey Key(ObjectKind kind, string ns, string name) => new(kind, ns, name);

    private static string Pick(Random random, string[] of) => of[random.Next(of.Length)];
}
