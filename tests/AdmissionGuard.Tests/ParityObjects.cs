using System.Text.Json.Nodes;

namespace AdmissionGuard.Tests;

/// <summary>
/// Applications of five objects each that refer to each other and to nothing else, the same in every run; about every third object has faults.
/// </summary>
internal static class ParityObjects
{
    private static readonly string[] Namespaces = ["shop", "search", "pay"];

    public static IReadOnlyList<JsonObject> Make(int applications)
    {
        var chance = new Dice(20261122);
        var objects = new List<JsonObject>();
        for (var number = 0; number < applications; number++)
        {
            var (name, space) = ($"app-{number}", Namespaces[number % Namespaces.Length]);
            objects.Add(Object("v1", "Service", $"{{'selector':{{'app':'{name}'}},'ports':[{{'name':'http','port':80}}]}}"));
            objects.Add(Object("networking.istio.io/v1", "DestinationRule", DestinationRule(name)));
            objects.Add(Object("networking.istio.io/v1", "VirtualService", VirtualService(name, space, number)));
            objects.Add(Object("argoproj.io/v1alpha1", "Rollout", Rollout(name)));
            objects.Add(Object("argoproj.io/v1alpha1", "AnalysisTemplate", $"{{'metrics':[{Metric()}]}}"));

            JsonObject Object(string apiVersion, string kind, string spec) =>
                JsonNode
                    .Parse(
                        $"{{'apiVersion':'{apiVersion}','kind':'{kind}','metadata':{{'name':'{name}','namespace':'{space}'}},'spec':{spec}}}".Replace(
                            '\'',
                            '"'
                        )
                    )!
                    .AsObject();
        }
        return objects;

        string DestinationRule(string name)
        {
            var outliers = chance.Falls(6)
                ? ""
                : ",'outlierDetection':{'consecutive5xxErrors':5,'interval':'10s','baseEjectionTime':'30s','maxEjectionPercent':50}";
            var pending = chance.Falls(8) ? -1 : 100;
            var canary = chance.Falls(10) ? "" : $",{{'name':'canary','labels':{{'app':'{name}'}}}}";
            return $"{{'host':'{name}','trafficPolicy':{{'connectionPool':{{'tcp':{{'maxConnections':{(chance.Falls(8) ? 0 : 100)}}},"
                + $"'http':{{'http1MaxPendingRequests':{pending},'http2MaxRequests':100,'maxRetries':10}}}}{outliers}}},"
                + $"'subsets':[{{'name':'stable','labels':{{'app':'{name}'}}}}{canary}]}}";
        }

        string VirtualService(string name, string space, int number)
        {
            // that of another application in the same namespace, which has one already
            var host = number >= Namespaces.Length && chance.Falls(12) ? $",'app-{number - Namespaces.Length}'" : "";
            var fault = chance.Falls(8) ? ",'fault':{'abort':{'httpStatus':503,'percentage':{'value':50}}}" : "";
            var mirror = chance.Falls(10) ? $",'mirror':{{'host':'{name}.{space}.svc.cluster.local','subset':'stable'}}" : "";
            var retries = chance.Falls(4)
                ? "{'attempts':20,'perTryTimeout':'9s','retryOn':'5xx'}"
                : "{'attempts':2,'perTryTimeout':'1s','retryOn':'connect-failure,refused-stream'}";
            var timeout = chance.Falls(6) ? "" : ",'timeout':'5s'";
            var (route, weights) = (chance.Falls(10) ? "main" : "primary", chance.Falls(10) ? ("", "") : (",'weight':100", ",'weight':0"));
            var first = chance.Falls(10) ? $"{{'name':'all','route':[{{'destination':{{'host':'{name}','subset':'stable'}}}}]}}," : "";
            return $"{{'hosts':['{name}'{host}],'http':[{first}{{'name':'{route}','route':[{{'destination':{{'host':'{name}',"
                + $"'subset':'stable'}}{weights.Item1}}},{{'destination':{{'host':'{name}','subset':'canary'}}{weights.Item2}}}],"
                + $"'retries':{retries}{timeout}{fault}{mirror}}}]}}";
        }

        string Rollout(string name)
        {
            string steps;
            if (chance.Falls(8))
                steps = "{'setWeight':80},{'setWeight':100}";
            else if (chance.Falls(8))
                steps = "{'setWeight':5},{'setWeight':50},{'setWeight':75}";
            else
                steps =
                    "{'setWeight':5},{'pause':{'duration':'5m'}},{'setWeight':25},{'pause':{'duration':'10m'}},{'setWeight':50},"
                    + "{'pause':{'duration':'10m'}},{'setWeight':75},{'pause':{'duration':'10m'}}";
            var capacity = chance.Falls(10) ? "{'setCanaryScale':{'weight':10}}," : "";
            return $"{{'replicas':6,'selector':{{'matchLabels':{{'app':'{name}'}}}},"
                + $"'template':{{'metadata':{{'labels':{{'app':'{name}'}}}},'spec':{{'containers':[{{'name':'app',"
                + $"'image':'registry.example/app:1.0.{name.Length}'}}]}}}},"
                + $"'strategy':{{'canary':{{'analysis':{{'templates':[{{'templateName':'{name}'}}],'startingStep':1}},"
                + $"'trafficRouting':{{'istio':{{'virtualService':{{'name':'{name}','routes':['primary']}},"
                + $"'destinationRule':{{'name':'{name}','stableSubsetName':'stable','canarySubsetName':'canary'}}}}}},"
                + $"'steps':[{capacity}{steps}]}}}}}}";
        }

        string Metric()
        {
            var condition = chance.Falls(5)
                ? ""
                : "'successCondition':'len(result) > 0 && result[0] >= 0.99','failureCondition':'len(result) > 0 && result[0] < 0.99',";
            return $"{{'name':'success-rate',{condition}'failureLimit':{(chance.Falls(8) ? -1 : 2)},'inconclusiveLimit':3,'interval':'1m',"
                + $"'provider':{{'prometheus':{{'address':'http://prometheus.monitoring.svc:9090','query':'service:success_rate:5m'}}}}}}";
        }
    }

    /// <summary>A generator of its own (Numerical Recipes' constants): that of the runtime may change with it.</summary>
    private sealed class Dice(uint seed)
    {
        private uint state = seed;

        /// <summary>Once in so many throws.</summary>
        public bool Falls(uint sides) => ((state = unchecked((state * 1664525) + 1013904223)) >> 16) % sides == 0;
    }
}
