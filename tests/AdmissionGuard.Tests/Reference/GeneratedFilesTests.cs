using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Guides;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Reference;

[Trait(Repository.Writes, Repository.Golden)]
public sealed class GeneratedFilesTests
{
    [Theory]
    [InlineData(Profile.Baseline)]
    [InlineData(Profile.Strict)]
    public void The_profile_spelt_out_is_current_and_says_what_the_profile_says(Profile profile)
    {
        var file = Path.Combine(Repository.Root, "policies", GuardPolicy.NameOf(profile) + ".yaml");
        IsCurrent(file, ProfilePolicy.Yaml(profile));

        var policy = PolicyReader.Read(Assert.Single(ManifestFiles.Read([file], [], Stream.Null).Documents).Root, out var errors);
        Assert.Empty(errors);
        var builtIn = GuardPolicy.Of(profile);
        Assert.Equal(builtIn.Rules.Select(Words), policy!.Rules.Select(Words));

        static string Words(RuleSetting s) =>
            $"{s.Rule.Id} {s.Action} {s.Fix} {string.Join(' ', s.Rule.Parameters.Select((p, i) => p.Write(s.Values[i])))}";
    }

    [Fact]
    public void What_installs_it_is_current()
    {
        var folder = Path.Combine(Repository.Root, "deploy", "base");
        IsCurrent(Path.Combine(folder, "crd.yaml"), CustomResources.Yaml());
        IsCurrent(Path.Combine(folder, "rbac.yaml"), Access.Yaml());
        IsCurrent(Path.Combine(folder, "webhooks.yaml"), Webhooks.Yaml(GuardSettings.Default));
        IsCurrent(Path.Combine(folder, "..", "components", "status-writes", "policy.yaml"), StatusPolicy.Yaml(GuardSettings.Default));
    }

    [Fact]
    public void A_page_stands_for_every_rule_and_no_other()
    {
        var folder = Path.Combine(Repository.Root, "policies", "rules");
        var pages = RulePage.All(Catalogue.Rules, rule => RuleExample.Of(rule, Case)).ToList();
        if (Repository.UpdatesGolden && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach (var (name, text) in pages)
            IsCurrent(Path.Combine(folder, name), text);
        Assert.Equal(
            pages.Select(p => p.Name).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>What a checkout has now: of a new rule the program has no example yet, and what check says of it may not be written yet.</summary>
    private static string? Case(Rule rule, string file)
    {
        var path = Path.Combine(Repository.Cases, rule.Id, file);
        if (file == "bad.expected")
            return new GoldenCase(rule.Id, "bad").Text();
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>UPDATE_GOLDEN=1 writes it.</summary>
    private static void IsCurrent(string file, string text)
    {
        if (Repository.UpdatesGolden)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        Assert.True(File.Exists(file), $"{file} is missing: UPDATE_GOLDEN=1 writes it");
        Assert.Equal(text, File.ReadAllText(file));
    }
}
