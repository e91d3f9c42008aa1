using System.Globalization;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Cluster;

public sealed partial class NeverBlockedTests
{
    [Fact]
    public async Task A_dry_run_has_the_verdict_of_the_write_and_keeps_nothing()
    {
        (await Human.Apply(VirtualService(90, 10))).Passed();
        foreach (
            var (manifest, passes) in ((string, bool)[])
                [
                    (Rollout("api:1"), false),
                    (VirtualService(0, 100), false),
                    (DestinationRule(Zeros), false),
                    (VirtualService(60, 40), true),
                    (DestinationRule(Detection), true),
                ]
        )
        {
            foreach (var options in (string[])["", "--server-side --force-conflicts"])
            {
                var before = await Versions();
                var tried = await Human.Apply(manifest, options + " --dry-run=server");
                var difference = await Human.Run(["diff", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-f", "-"], manifest);
                Assert.Equal(before, await Versions());
                var written = await Human.Apply(manifest, options);
                Assert.Equal((passes ? 0 : 1, Said(written)), (tried.Status, Said(tried)));
                Assert.Equal(tried.Status, written.Status);
                Assert.Equal(passes, !difference.Error.Contains("denied the request", StringComparison.Ordinal));
                Assert.Equal(passes, difference.Status <= 1); // 1: there is a difference
            }
        }
    }

    [Fact]
    public async Task A_repair_passes_where_other_faults_stay()
    {
        (await StoreAll()).Passed();
        Assert.Contains(
            "Warning: ",
            (
                await Patch(
                    Human,
                    "destinationrule/api",
                    """[{"op":"replace","path":"/spec/trafficPolicy/connectionPool/tcp/maxConnections","value":100}]"""
                )
            )
                .Passed()
                .Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            0,
            (
                await Patch(
                    Human,
                    "destinationrule/api",
                    """[{"op":"replace","path":"/spec/trafficPolicy/connectionPool/tcp/maxConnections","value":0}]"""
                )
            ).Status
        );
        Assert.Contains(
            "Warning: ",
            (await Patch(Human, "virtualservice/api", """[{"op":"replace","path":"/spec/http/0/retries/attempts","value":8}]""")).Passed().Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            0,
            (await Patch(Human, "virtualservice/api", """[{"op":"replace","path":"/spec/http/0/retries/attempts","value":9}]""")).Status
        );
        foreach (
            var steps in (string[])
                [
                    """[{"setWeight":70},{"pause":{"duration":"5m"}}]""",
                    """[{"setWeight":40},{"pause":{"duration":"5m"}},{"setWeight":95},{"pause":{"duration":"5m"}}]""",
                ]
        )
        {
            (await Patch(Human, "rollout/api", $$"""{"spec":{"strategy":{"canary":{"steps":{{steps}} } } } }""")).Passed();
        }
    }
}
