using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Tests.Policies;

/// <summary>What policies/README.md shows is read as it stands.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Every_document_shown_is_read_and_the_settings_are_the_defaults()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "policies", "README.md"));
        var documents = string.Join("---\n", Yaml().Matches(text).Select(m => m.Groups["yaml"].Value));
        using var input = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(documents));
        var set = PolicyFiles.Read(["-"], [], input, Judge.Now);
        Assert.Empty(set.Errors);
        Assert.Equal(("payments", "legacy-billing"), (Assert.Single(set.Policies).Name, Assert.Single(set.Exceptions).Name));
        Assert.Equal(Words(GuardSettings.Default), Words(set.Settings));
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
