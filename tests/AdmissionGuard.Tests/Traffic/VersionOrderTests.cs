using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Tests.Traffic;

public sealed class VersionOrderTests
{
    [Theory]
    // words for the two sides
    [InlineData("stable", "canary", Age.Older)]
    [InlineData("primary", "canary", Age.Older)]
    [InlineData("baseline", "preview", Age.Older)]
    [InlineData("current", "next", Age.Older)]
    [InlineData("prod", "new", Age.Older)]
    [InlineData("Stable", "Canary", Age.Older)]
    [InlineData("api-primary", "api-canary", Age.Older)]
    [InlineData("api", "api-canary", Age.Older)]
    [InlineData("", "canary", Age.Older)]
    [InlineData("v1", "canary", Age.Older)]
    [InlineData("stable", "api-canary", Age.Older)]
    [InlineData("api-stable-v1", "api-canary-v2", Age.Older)]
    [InlineData("v1", "v2-canary", Age.Older)]
    [InlineData("api-prod", "api-prod-canary", Age.Older)]
    [InlineData("api-prod-stable", "api-prod-canary", Age.Older)]
    [InlineData("canary-v1", "canary-v2", Age.Older)]
    [InlineData("stable-v1", "stable-v2", Age.Older)]
    // ordered versions
    [InlineData("v1", "v2", Age.Older)]
    [InlineData("v2", "v10", Age.Older)]
    [InlineData("v1.4", "v1.5", Age.Older)]
    [InlineData("1.4", "1.10", Age.Older)]
    [InlineData("v1-4-2", "v1-5-0", Age.Older)]
    [InlineData("v1", "v1-1", Age.Older)]
    [InlineData("version1", "version2", Age.Older)]
    [InlineData("release-7", "release-12", Age.Older)]
    [InlineData("api-v1", "api-v2", Age.Older)]
    [InlineData("v1-api", "v2-api", Age.Older)]
    [InlineData("2024-01-15", "2024-02-03", Age.Older)]
    [InlineData("2024-09", "2024-10", Age.Older)]
    [InlineData("20240115", "20240203", Age.Older)]
    [InlineData("202401151230", "202401151245", Age.Older)]
    [InlineData("api-20240115-1", "api-20240115-2", Age.Older)]
    public void The_older_one_is_told_by_its_name(string first, string second, Age expected)
    {
        Assert.Equal(expected, Compare(first, second));
        Assert.Equal(Age.Newer, Compare(second, first));
    }

    [Theory]
    [InlineData("blue", "green")]
    [InlineData("us-east-1", "us-east-2")]
    [InlineData("eu1", "eu2")]
    [InlineData("zone-a", "zone-b")]
    [InlineData("cluster-1", "cluster-2")]
    [InlineData("ping", "pong")]
    [InlineData("prod", "standby")]
    [InlineData("primary", "secondary")]
    [InlineData("stable", "v2")]
    [InlineData("prod-eu", "prod-us")]
    [InlineData("stable", "primary")]
    [InlineData("api-stable", "web-canary")]
    [InlineData("new-york", "los-angeles")]
    [InlineData("vienna-1", "vienna-2")]
    [InlineData("api-v1-us", "api-v2-eu")]
    [InlineData("12345678", "87654321")]
    [InlineData("20249999", "20240115")]
    [InlineData("10-0-0-1", "10-0-0-2")]
    [InlineData("v1beta1", "v1")]
    [InlineData("v1-canary", "v2")]
    [InlineData("v1", "v1")]
    [InlineData("", "")]
    [InlineData("v", "-")]
    public void A_region_a_colour_or_a_contradiction_tells_nothing(string first, string second)
    {
        Assert.Equal(Age.Unknown, Compare(first, second));
        Assert.Equal(Age.Unknown, Compare(second, first));
    }

    [Fact]
    public void The_words_come_from_the_settings()
    {
        var settings = GuardSettings.Default with { StableNames = ["alt"], NewNames = ["neu"] };
        Assert.Equal(Age.Older, VersionOrder.Compare("api-alt", "api-neu", settings));
        Assert.Equal(Age.Unknown, VersionOrder.Compare("stable", "canary", settings));
    }

    private static Age Compare(string first, string second) => VersionOrder.Compare(first, second, GuardSettings.Default);
}
