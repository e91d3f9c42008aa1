using System.Text.RegularExpressions;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// Whether rules speak about VirtualServices exactly where the routes that Istio made of them have the fault: 600 generated worlds (istio/istio
/// 86c9f01, 1.32), each object judged as it is stored, in a cluster and as manifests.
/// </summary>
public sealed class VirtualServiceVerdictOracleTests
{
    private const string NoSuchPod = "It says what pods get that have none of the labels. The oracle has no such proxy.";
    private const string Published = "A gateway publishes its host: the list of paths is what is published.";

    /// <summary>What differs on purpose: rule and world, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["virtual-service-one-per-host vs-1-0148"] = "Its only route is dropped: virtual-service-delegate says so.",
        ["virtual-service-fallback vs-1-0471"] = Published,
        ["virtual-service-fallback vs-1-0172"] = NoSuchPod,
        ["virtual-service-destinations vs-1-0014"] = "A weight of 0 is advice for the first step: the oracle's route has no cluster for it.",
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rule_speaks_where_the_routes_have_the_fault(bool isLive)
    {
        var judged = 0;
        var differing = new List<string>();
        foreach (var world in OracleFile.Read("istio/virtual-services.jsonl.gz").Select(IstioWorld.Of))
        {
            var start = (isLive ? Cluster.Live : Cluster.Empty).With(world.World.Settings);
            var cluster = world.Objects.Aggregate(start, (c, o) => c.With(o.Key, o.Root)).With([GuardPolicy.Of(Profile.Strict)]);
            foreach (var of in world.Objects.Where(o => o.Key.Kind == ObjectKind.VirtualService && o.Key.Namespace != "istio-system"))
            {
                var facts = new VirtualServiceFacts(world, of).All().ToList();
                if (facts.Count == 0)
                    continue;
                var said = Judged(cluster, of);
                judged += facts.Count;
                foreach (var fact in facts)
                {
                    var about = said.FirstOrDefault(j => IsAbout(j, fact));
                    if (about is not null != fact.IsAtFault && !OnPurpose.ContainsKey($"{fact.Rule} {world.Id}"))
                        differing.Add($"{fact.Rule} {world.Id} {of.Key.Name} {fact.Where}: {about?.Finding.Message ?? "nothing said"}");
                }
            }
        }
        Assert.InRange(judged, 3000, int.MaxValue);
        Assert.True(differing.Count == 0, $"{differing.Count} of {judged} differ:\n{string.Join('\n', differing)}");
    }

    private static bool IsAbout(Judgement judgement, RouteFact fact) =>
        judgement.Rule == fact.Rule
        && $"{judgement.Path}/".StartsWith(fact.Where, StringComparison.Ordinal)
        && (fact.Text.Length == 0 || Regex.IsMatch(judgement.Finding.Message, fact.Text, RegexOptions.NonBacktracking));

    private static IReadOnlyList<Judgement> Judged(Cluster cluster, (ObjectKey Key, Node Root) of) =>
        Evaluator
            .Evaluate(
                new Review
                {
                    Kind = of.Key.Kind,
                    Operation = Operation.Create,
                    Object = of.Root,
                    Namespace = of.Key.Namespace,
                    Name = of.Key.Name,
                    Actor = Judge.Human,
                    Now = Judge.Now,
                    Stage = Stage.Validate,
                    IsStored = true,
                },
                cluster
            )
            .Judgements;
}
