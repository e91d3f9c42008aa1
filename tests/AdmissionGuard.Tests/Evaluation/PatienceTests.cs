using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>A verdict that nobody waits for is given up, between two rules and within one; it is no rule's fault.</summary>
public sealed class PatienceTests
{
    private const int Ports = 1000;

    [Fact]
    public void It_is_asked_before_each_rule_and_a_verdict_is_given_up_when_it_ends()
    {
        var endless = new Countdown(int.MaxValue);
        Assert.NotEmpty(Judged(endless, 1).Judgements);
        Assert.True(endless.Asked > 5);
        for (var asks = 0; asks < endless.Asked; asks++)
            Assert.Throws<PatienceEndedException>(() => Judged(new Countdown(asks), 1));
    }

    [Fact]
    public void A_rule_with_thousands_of_findings_asks_while_it_runs()
    {
        var (few, many) = (new Countdown(int.MaxValue), new Countdown(int.MaxValue));
        Judged(few, 1);
        Judged(many, Ports);
        Assert.True(many.Asked >= few.Asked + (Ports / 64), $"{few.Asked}, {many.Asked}");
    }

    private static Verdict Judged(Patience patience, int ports)
    {
        var settings = string.Join(',', Enumerable.Range(1, ports).Select(n => $"{{\"port\":{{\"number\":{n}}}}}"));
        var root = Node.Parse(
            "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"DestinationRule\","
                + "\"metadata\":{\"name\":\"api\",\"namespace\":\"shop\"},"
                + $"\"spec\":{{\"host\":\"api\",\"trafficPolicy\":{{\"outlierDetection\":{{}},\"portLevelSettings\":[{settings}]}}}}}}"
        );
        var review = Review.OfNew(new ObjectKey(ObjectKind.DestinationRule, "shop", "api"), root, Judge.Human, Judge.Now);
        return Evaluator.Evaluate(review with { Patience = patience }, Cluster.Empty.With([GuardPolicy.Of(Profile.Strict)]));
    }

    private sealed class Countdown(int left) : Patience
    {
        public int Asked { get; private set; }

        public override bool HasEnded => Asked++ >= left;
    }
}
