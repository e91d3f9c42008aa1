using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Laws;

/// <summary>Objects that grow in a way that no golden case has: all kinds of steps, and objects that meet a large one in the cluster.</summary>
internal static class GrownByHand
{
    private const int Other = 1_200;

    private static readonly (string Name, Func<int, string> Step)[] Steps =
    [
        ("weights", i => $"{{'setWeight':{i % 101}}}"),
        ("weights up and down", i => $"{{'setWeight':{i * 37 % 101}}}"),
        ("pauses", i => i % 2 == 0 ? Weight(i) : "{'pause':{'duration':'1m'}}"),
        ("scales", i => i % 2 == 0 ? $"{{'setCanaryScale':{{'weight':{i % 101}}}}}" : Weight(i)),
        ("headers", i =>
            i % 2 == 0 ? $"{{'setHeaderRoute':{{'name':'h{i}','match':[{{'headerName':'x','headerValue':{{'exact':'{i}'}}}}]}}}}" : Weight(i)
        ),
        ("mirrors", i =>
            i % 2 == 0 ? $"{{'setMirrorRoute':{{'name':'h{i}','percentage':{i % 101},'match':[{{'path':{{'exact':'/{i}'}}}}]}}}}" : Weight(i)
        ),
        ("nothing", _ => "{}"),
        ("analyses", i => $"{{'analysis':{{'templates':[{{'templateName':'t{i}'}}]}}}}"),
        ("experiments", i => $"{{'experiment':{{'templates':[{{'name':'t{i}','specRef':'canary','weight':1}}]}}}}"),
    ];

    public static IEnumerable<(string Name, Func<int, Review> With, Cluster Cluster)> All
    {
        get
        {
            foreach (var (name, step) in Steps)
            {
                yield return ($"steps: {name}", n => Judge.Review(Rollout(n, step, 0)), Cluster.Empty);
                yield return ($"steps: {name}, moved on", n => Judge.Review(Rollout(n, step, 0), Rollout(n, step, 1)), Cluster.Empty);
            }
            yield return ("routes to the subsets of a large rule", n => Judge.Review(Routes(n, "v")), Judge.ClusterOf(Subsets(Other, "v")));
            yield return ("the same, other subsets", n => Judge.Review(Routes(n, "v"), Routes(n, "w")), Judge.ClusterOf(Subsets(Other, "v")));
            yield return ("subsets for large routes", n => Judge.Review(Subsets(n, "v")), Judge.ClusterOf(Routes(Other, "v")));
            yield return ("the same, renamed", n => Judge.Review(Subsets(n, "v"), Subsets(n, "w")), Judge.ClusterOf(Routes(Other, "v")));
            yield return ("hosts and routes", n => Judge.Review(Routes(n / 2, "v", n / 2)), Judge.ClusterOf(Subsets(Other, "v")));
            yield return ("regexes before exact paths", n => Judge.Review(Paths(n)), Cluster.Empty);
            yield return ("metrics and dry runs", n => Judge.Review(Metrics(n)), Cluster.Empty);
        }
    }

    private static string Weight(int i) => $"{{'setWeight':{i % 101}}}";

    private static string Join(int n, Func<int, string> item) => string.Join(',', Enumerable.Range(0, n).Select(item));

    private static string Named(string version, string kind) =>
        $"'apiVersion':'{version}','kind':'{kind}','metadata':{{'name':'api','namespace':'shop'}}";

    private static string Rollout(int n, Func<int, string> step, int shift) =>
        $"{{{Named("argoproj.io/v1alpha1", "Rollout")},'spec':{{'replicas':10,'selector':{{'matchLabels':{{'app':'a'}}}},"
        + $"'template':{{'metadata':{{'labels':{{'app':'a'}}}},'spec':{{'containers':[{{'name':'a','image':'a:{shift}'}}]}}}},"
        + "'strategy':{'canary':{'canaryService':'c','stableService':'s',"
        + $"'trafficRouting':{{'managedRoutes':[{Join(n, i => $"{{'name':'h{i}'}}")}],'istio':{{'virtualService':{{'name':'v'}}}}}},"
        + $"'steps':[{Join(n, i => step(i + shift))}]}}}}}}}}";

    private static string Routes(int n, string subset, int hosts = 1)
    {
        var named = string.Concat(Enumerable.Range(1, hosts - 1).Select(i => $",'h{i}'"));
        var routes = Join(n, i => $"{{{Path("prefix", i)},'route':[{Destination(subset, i, 90)},{Destination(subset, i + 1, 10)}]}}");
        return $"{{{Named("networking.istio.io/v1", "VirtualService")},'spec':{{'hosts':['api'{named}],'http':[{routes}]}}}}";
    }

    private static string Path(string how, int i) => $"'match':[{{'uri':{{'{how}':'/a{i}/b'}}}}]";

    private static string Destination(string subset, int i, int weight) =>
        $"{{'destination':{{'host':'api','subset':'{subset}{i}'}},'weight':{weight}}}";

    private static string Subsets(int n, string name)
    {
        var subsets = Join(n, i => $"{{'name':'{name}{i}','labels':{{'version':'{name}{i}'}}}}");
        return $"{{{Named("networking.istio.io/v1", "DestinationRule")},'spec':{{'host':'api','subsets':[{subsets}]}}}}";
    }

    private static string Paths(int n)
    {
        var routes = Join(n, i => $"{{{Path(i < n / 2 ? "regex" : "exact", i)},'route':[{{'destination':{{'host':'api'}}}}]}}");
        return $"{{{Named("networking.istio.io/v1", "VirtualService")},'spec':{{'hosts':['api'],'http':[{routes}]}}}}";
    }

    private static string Metrics(int n) =>
        $"{{{Named("argoproj.io/v1alpha1", "AnalysisTemplate")},'spec':{{'dryRun':[{Join(n / 2, i => $"{{'metricName':'d{i}.*'}}")}],"
        + $"'metrics':[{Join(n / 2, i => $"{{'name':'m{i}','provider':{{'web':{{'url':'http://a'}}}}}}")}]}}}}";
}
