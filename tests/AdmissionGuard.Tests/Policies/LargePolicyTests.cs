using System.Diagnostics;
using AdmissionGuard.Admission;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Policies;

/// <summary>A policy of any size is read in about the time that reading it takes, and within the time that the API server waits.</summary>
public sealed class LargePolicyTests
{
    public static TheoryData<string> Specs =>
        [
            "'rules': [{0:{{}}}]",
            "'rules': [{0:{{'rule': 'rollout-first-step'}}}]",
            "'rules': [{0:{{'rule': 'no-such-rule-#'}}}]",
            "'rules': [{0:{{'rule': 'rollout-first-step', 'parameters': {{'p#': 1}}}}}]",
            "'rules': [{0:1}]",
            "'rules': [{0:null}]",
            "'rules': [{{'rule': 'rollout-first-step', 'parameters': {{0:'p#': 1}}}}]",
            "'match': {{'namespaces': [{0:'n#'}]}}",
            "'match': {{'namespaces': [{0:1}]}}",
            "'match': {{'kinds': [{0:'K#'}]}}",
            "'match': {{'excludeUsers': [{0:'u*#'}]}}",
            "'match': {{'objectSelector': {{'matchLabels': {{0:'l#': 'x'}}}}}}",
            "'match': {{'objectSelector': {{'matchExpressions': [{0:{{'key': 'k#', 'operator': 'In', 'values': ['a']}}}]}}}}",
            "{0:'k#': 1}",
        ];

    [Theory]
    [MemberData(nameof(Specs))]
    public void It_is_read_in_time(string spec)
    {
        var took = Best(spec, 20_000);
        Assert.True(took < 1500, $"{took:0} ms");
    }

    [Fact]
    public void Nobody_reads_it_to_the_end_who_is_not_waited_for()
    {
        var review = Judge.Json(Review("'rules': [{0:{{}}}]", 20));
        Assert.Throws<PatienceEndedException>(() => PolicyReview.Of(review, Judge.Now, maxDays: 90, new Ended(), e => Assert.Fail($"{e}")));
    }

    private sealed class Ended : Patience
    {
        public override bool HasEnded => true;
    }

    private static double Best(string spec, int count)
    {
        var best = double.MaxValue;
        for (var i = 0; i < 2; i++)
        {
            var review = Review(spec, count);
            var started = Stopwatch.GetTimestamp();
            var answer = PolicyReview.Of(Judge.Json(review), Judge.Now, maxDays: 90, patience: null, e => Assert.Fail($"{e}"));
            answer.Write(new System.Buffers.ArrayBufferWriter<byte>());
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return best;
    }

    private static string Review(string spec, int count)
    {
        var begin = spec.IndexOf("{0:", StringComparison.Ordinal);
        var end = begin + 3;
        for (var open = 1; open > 0; end++)
        {
            if (spec[end] is '{' or '}')
                open += spec[end] == '{' ? 1 : -1;
        }
        var item = spec[(begin + 3)..(end - 1)];
        var items = string.Join(',', Enumerable.Range(0, count).Select(i => item.Replace("#", $"{i}", StringComparison.Ordinal)));
        var full = (spec[..begin] + items + spec[end..]).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
        return "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':{'uid':'u','operation':'CREATE',"
            + "'kind':{'group':'admissionguard.io','version':'v1alpha1','kind':'GuardPolicy'},"
            + $"'object':{{'apiVersion':'{PolicyReader.ApiVersion}','kind':'GuardPolicy','metadata':{{'name':'p'}},'spec':{{{full}}}}}}}}}";
    }
}
