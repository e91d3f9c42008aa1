using System.Diagnostics;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Policies;

/// <summary>However much is wrong in a document, the answer is one that somebody reads, and comes at once.</summary>
public sealed class PolicyErrorTests
{
    private static readonly string Long = new('x', 1_000_000);

    [Fact]
    public void Of_many_unknown_keys_fifty_are_listed_and_the_rest_is_counted()
    {
        var keys = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"'rulez{i}':1"));
        var errors = Errors($"{{'profile':'strict',{keys}}}");
        Assert.Equal(51, errors.Count);
        Assert.Equal("spec has no key \"rulez0\", did you mean rules?", errors[0].Message);
        Assert.Equal(("and 19950 more errors", 19_950), (errors[^1].ToString(), errors[^1].Count));
    }

    [Fact]
    public void Exactly_fifty_are_all_listed()
    {
        var keys = string.Join(',', Enumerable.Range(0, 50).Select(i => $"'rulez{i}':1"));
        var errors = Errors($"{{'profile':'strict',{keys}}}");
        Assert.Equal(50, errors.Count);
        Assert.All(errors, e => Assert.Equal(1, e.Count));
    }

    /// <summary>Each place that repeats a word of the author.</summary>
    [Theory]
    [InlineData("{'profile':'LONG'}")]
    [InlineData("{'LONG':1,'profile':'strict'}")]
    [InlineData("{'rules':[{'rule':'LONG'}]}")]
    [InlineData("{'rules':[{'rule':'virtual-service-timeout','LONG':1}]}")]
    [InlineData("{'rules':[{'rule':'virtual-service-timeout','parameters':{'LONG':1}}]}")]
    [InlineData("{'profile':'strict','match':{'kinds':['LONG'],'operations':['LONG']}}")]
    [InlineData("{'profile':'strict','match':{'objectSelector':{'matchLabels':{'LONG':'LONG'}}}}")]
    [InlineData("{'profile':'strict','match':{'objectSelector':{'matchExpressions':[{'key':'LONG','operator':'LONG','values':['LONG']}]}}}")]
    public void A_word_of_any_length_is_clipped(string spec)
    {
        var errors = Errors(spec.Replace("LONG", Long, StringComparison.Ordinal));
        Assert.NotEmpty(errors);
        Assert.All(errors, e => Assert.InRange(e.ToString().Length, 1, 600));
        Assert.Contains(errors, e => e.ToString().Contains("xxx…", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{'clusterDomain':'LONG','excludedNamespaces':['LONG*'],'newNames':['LONG-']}")]
    [InlineData("{'LONG':1}")]
    public void So_are_those_of_settings(string spec)
    {
        var text = Judge.Json(
            $"{{'apiVersion':'{PolicyReader.ApiVersion}','kind':'GuardSettings','metadata':{{'name':'{Long}'}},'spec':{spec}}}".Replace(
                "LONG",
                Long,
                StringComparison.Ordinal
            )
        );
        SettingsReader.Read(text, out var errors);
        Assert.All(errors, e => Assert.InRange(e.ToString().Length, 1, 600));
        Assert.True(errors.Count > 1);
    }

    /// <summary>
    /// The time grows with the document and no faster: twenty times as many mistakes may take at most sixty times as long. Before, each mistake was
    /// searched for in the whole document.
    /// </summary>
    [Fact]
    public void Many_mistakes_take_no_more_than_their_share_of_time()
    {
        Measure(1_000);
        var few = Measure(1_000);
        var many = Measure(20_000);
        Assert.True(many < 60 * few + TimeSpan.FromMilliseconds(200), $"{few} for 1,000 rules that do not exist, {many} for 20,000");
    }

    [Fact]
    public void A_mistake_that_is_repeated_is_searched_for_once()
    {
        var asked = 0;
        var spelling = new Nearest(Counted());
        for (var i = 0; i < 100; i++)
            Assert.Equal(", did you mean rules?", spelling.Hint("rulez"));
        Assert.Equal(1, asked);

        IEnumerable<string> Counted()
        {
            asked++;
            yield return "rules";
            yield return "match";
        }
    }

    private static TimeSpan Measure(int count)
    {
        var rules = string.Join(',', Enumerable.Range(0, count).Select(i => $"{{'rule':'virtual-service-timeoot-{i}'}}"));
        var document = Document($"{{'rules':[{rules}]}}");
        var from = Stopwatch.GetTimestamp();
        PolicyReader.Read(document, out var errors);
        var took = Stopwatch.GetElapsedTime(from);
        Assert.Equal(count, errors.Sum(e => e.Count));
        return took;
    }

    private static IReadOnlyList<PolicyError> Errors(string spec)
    {
        PolicyReader.Read(Document(spec), out var errors);
        return errors;
    }

    private static Node Document(string spec) =>
        Judge.Json($"{{'apiVersion':'{PolicyReader.ApiVersion}','kind':'GuardPolicy','metadata':{{'name':'test'}},'spec':{spec}}}");
}
