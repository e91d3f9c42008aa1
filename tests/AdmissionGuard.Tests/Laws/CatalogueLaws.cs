using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Laws;

/// <summary>What holds for every rule as a piece of the catalogue.</summary>
public sealed class CatalogueLaws
{
    public static TheoryData<string> RuleIds => [.. Catalogue.Rules.Select(r => r.Id)];

    [Fact]
    public void Every_file_of_the_folder_is_a_rule_and_its_id_says_where_it_stands()
    {
        var rules = Path.Combine(Repository.Root, "src", "AdmissionGuard.Core", "Rules");
        var files = Directory
            .EnumerateDirectories(rules)
            .SelectMany(kind => Directory.EnumerateFiles(kind, "*.cs"))
            .Select(f => Kebab(Path.GetFileName(Path.GetDirectoryName(f)!)) + "-" + Kebab(Path.GetFileNameWithoutExtension(f)));
        Assert.Equal(files.Order(StringComparer.Ordinal), Catalogue.Rules.Select(r => r.Id));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_rule_explains_itself(string id)
    {
        var rule = Catalogue.Find(id)!;
        foreach (var text in (string[])[rule.Summary, rule.Why, rule.Remedy])
        {
            Assert.Matches(@"^\p{Lu}|^[a-z]+[A-Z.]", text);
            Assert.EndsWith(".", text, StringComparison.Ordinal);
            Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
        }
        Assert.NotEmpty(rule.Kinds);
        Assert.Distinct(rule.Parameters.Select(p => p.Name));
        Assert.True(rule.Fixable || !(rule.Baseline.Fix || rule.Strict.Fix), "a profile repairs what has no repair");
        Assert.True(rule.Strict.Action >= rule.Baseline.Action, "strict is weaker than baseline");
    }

    /// <summary>The scopes of a kind are one: an AnalysisTemplate is a kind by this, whether it is in a namespace or not.</summary>
    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_rule_of_one_kind_is_named_for_it_and_one_of_several_for_a_kind_of_its_own_or_for_its_demand(string id)
    {
        var own = Catalogue.Find(id)!.Kinds.Select(k => Kebab(k.Name) + "-").ToList();
        Assert.True(own.Count > 1 || id.StartsWith(own[0], StringComparison.Ordinal), $"{id} judges one kind and is not named for it");
        // service-entry-… begins with a kind's name, and is named for a longer one
        var others = Catalogue.Kinds.Select(k => Kebab(k.Name) + "-").Where(k => !own.Exists(o => o.StartsWith(k, StringComparison.Ordinal)));
        Assert.All(others, k => Assert.False(id.StartsWith(k, StringComparison.Ordinal), k));
    }

    [Fact]
    public void No_former_id_is_a_present_one_or_claimed_twice_and_each_finds_its_rule()
    {
        var former = Catalogue.Rules.SelectMany(r => r.FormerIds).ToList();
        Assert.NotEmpty(former);
        Assert.Distinct(former);
        Assert.Empty(former.Intersect(Catalogue.Rules.Select(r => r.Id)));
        foreach (var rule in Catalogue.Rules)
        {
            Assert.Null(Catalogue.FormerIdNotice(rule.Id));
            Assert.All(rule.FormerIds, id => Assert.Same(rule, Catalogue.Find(id)));
            Assert.All(rule.FormerIds, id => Assert.Equal(rule.Id, Catalogue.PresentId(id)));
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_parameter_reads_back_what_it_writes(string id)
    {
        foreach (var parameter in Catalogue.Find(id)!.Parameters)
        {
            Assert.NotEmpty(parameter.Description);
            foreach (var value in (object[])[parameter.Default, parameter.StrictDefault])
            {
                var written = parameter.Write(value);
                var json = parameter.Type == "duration" ? $"\"{written}\"" : written;
                var read = parameter.Read(Node.Parse(json), out var error);
                Assert.True(error is null, $"{parameter.Name}: {error}");
                Assert.Equal(parameter.Write(value), parameter.Write(read!));
            }
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void A_rule_has_a_good_case_and_a_bad_one(string id)
    {
        Assert.Empty(new GoldenCase(id, "good").Report().Findings);
        Assert.Contains(new GoldenCase(id, "bad").Report().Findings, f => f.Judgement.Rule == id && f.Judgement.Action is not GuardAction.Off);
    }

    [Theory]
    [InlineData("VirtualService", "virtual-service")]
    [InlineData("HTTPRoute", "http-route")]
    [InlineData("HttpRoute", "http-route")]
    public void A_word_begins_with_a_capital_letter_and_an_acronym_is_one_word(string name, string kebab) => Assert.Equal(kebab, Kebab(name));

    private static string Kebab(string name) => string.Concat(name.Select((c, i) => BeginsWord(name, i) ? "-" + c : c.ToString())).ToLowerInvariant();

    private static bool BeginsWord(string name, int i) =>
        i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
}
