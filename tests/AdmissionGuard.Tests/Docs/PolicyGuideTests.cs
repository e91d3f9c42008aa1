using System.Text.RegularExpressions;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Tests.Docs;

/// <summary>The policies, exceptions and settings that the guides show are read as they are written.</summary>
public sealed partial class PolicyGuideTests
{
    [Fact]
    public void Every_document_shown_is_read_and_the_settings_are_the_defaults()
    {
        var set = Read("docs/writing-policies.md", "docs/exceptions-and-break-glass.md");
        Assert.Empty(set.Errors);
        Assert.Equal(("payments", "legacy-billing"), (Assert.Single(set.Policies).Name, Assert.Single(set.Exceptions).Name));
        Assert.Equal(Words(GuardSettings.Default), Words(set.Settings));
    }

    [Fact]
    public void The_short_form_beside_the_profiles_is_a_policy()
    {
        var set = Read("policies/README.md");
        Assert.Empty(set.Errors);
        Assert.Equal("payments", Assert.Single(set.Policies).Name);
    }

    private static PolicySet Read(params string[] pages)
    {
        var texts = pages.Select(p => File.ReadAllText(Path.Combine(Repository.Root, p)));
        var documents = string.Join("---\n", texts.SelectMany(t => Yaml().Matches(t)).Select(m => m.Groups["yaml"].Value));
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(documents));
        return PolicyFiles.Read(["-"], [], input, Judge.Now);
    }

    private static string Words(GuardSettings s) =>
        string.Join(
            '\n',
            [
                .. s.Controllers,
                "",
                .. s.GitOps,
                "",
                .. s.BreakGlassGroups,
                "",
                .. s.ExcludedNamespaces,
                "",
                $"{s.MaxExceptionDays} {s.ClusterDomain} {s.RootNamespace}",
                .. s.StableNames,
                "",
                .. s.NewNames,
            ]
        );

    [GeneratedRegex("^```yaml\n(?<yaml>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Yaml();
}
