using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using Before = AdmissionGuard.Tests.Laws.GrownObjects.Before;

namespace AdmissionGuard.Tests.Laws;

/// <summary>
/// A verdict costs what its object is long: four times the items may cost four times the time and memory, and an object within the limits of the
/// settings never needs the limit of time. What others do on this machine only ever adds, so that a suspicion is looked at again.
/// </summary>
public sealed class GrowthLaws
{
    private const int Large = 1_200;

    /// <summary>Of four times the items: between linear and quadratic.</summary>
    private const double MostGrowth = 9;

    private static readonly GuardPolicy Everything = KnownObjects.Everything(fix: true);

    [Theory]
    [InlineData(Before.Nothing)]
    [InlineData(Before.Reversed)]
    public void Four_times_the_items_cost_about_four_times_as_much(object stored)
    {
        var before = (Before)stored;
        var worse = new List<string>();
        foreach (var grown in GrownObjects.All.Where(g => g.Distinct || before == Before.Nothing))
            Add(worse, $"{grown.Name}, {before}", n => grown.With(n, before), grown.Cluster);
        Assert.True(worse.Count == 0, $"{worse.Count} of {GrownObjects.All.Count}:\n{string.Join('\n', worse)}");
        Assert.True(GrownObjects.All.Count > 150);
    }

    [Fact]
    public void Four_times_the_steps_or_subsets_cost_about_four_times_as_much()
    {
        var worse = new List<string>();
        foreach (var (name, with, cluster) in GrownByHand.All)
            Add(worse, name, with, cluster);
        Assert.True(worse.Count == 0, string.Join('\n', worse));
    }

    /// <summary>The limit of time is for what nobody thought of: the limits of size are narrow enough without it.</summary>
    [Fact]
    public void The_largest_object_within_the_limits_is_judged_in_time()
    {
        var late = new List<string>();
        var all = GrownObjects
            .All.Where(g => g.Distinct)
            .Select(g => (g.Name, With: (Func<int, Review>)(n => g.With(n, Before.Reversed)), g.Cluster));
        foreach (var (name, with, cluster) in all.Concat(GrownByHand.All))
        {
            var review = Within(with, cluster.Settings.Limits);
            if (review is null)
                continue;
            var whole = cluster.With([Everything]);
            var took = Measure(review, whole).Time;
            if (took > Admission.ServerLimits.LongestReview)
                took = Measure(review, whole).Time;
            if (took > Admission.ServerLimits.LongestReview)
                late.Add($"{took.TotalMilliseconds:0} ms: {name}, {review.Object.Raw.Length >> 10} KiB");
        }
        Assert.True(late.Count == 0, string.Join('\n', late));
    }

    private static void Add(List<string> worse, string name, Func<int, Review> with, Cluster cluster)
    {
        // the limits of size are lifted: what they hide is to be seen here
        var whole = cluster.With(cluster.Settings with { Limits = ObjectLimits.Most }).With([Everything]);
        var large = with(Large);
        var (time, bytes) = Measure(large, whole);
        if (time < TimeSpan.FromMilliseconds(60) && bytes < 15_000_000)
            return;
        var small = with(Large / 4);
        for (var again = 0; again < 3; again++)
        {
            var less = Measure(small, whole);
            var more = Measure(large, whole);
            if (more.Time < less.Time * MostGrowth && more.Bytes < less.Bytes * MostGrowth)
                return;
            (time, bytes) = more;
        }
        worse.Add($"{name}: {time.TotalMilliseconds:0} ms, {bytes >> 20} MiB");
    }

    private static (TimeSpan Time, long Bytes) Measure(Review review, Cluster cluster)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var started = ThreadClock.Now;
        var verdict = Evaluator.Evaluate(review, cluster);
        var took = ThreadClock.Now - started;
        Assert.Empty(verdict.Failures);
        return (took, GC.GetAllocatedBytesForCurrentThread() - bytes);
    }

    /// <summary>As large as the limits let it be; null where the place cannot grow.</summary>
    private static Review? Within(Func<int, Review> with, ObjectLimits limits)
    {
        for (var items = 2_500; items > 100; )
        {
            var review = with(items);
            var size = ObjectSize.Of(review.Kind!, review.Object);
            if (size.Beyond(limits) is not var (_, _, found, limit))
                return review;
            items = Math.Min(items - 1, (int)((long)items * limit / found));
        }
        return null;
    }
}
