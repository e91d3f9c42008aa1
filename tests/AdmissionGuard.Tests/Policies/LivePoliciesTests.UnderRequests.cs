using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Files;
using AdmissionGuard.Policies;
using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Server;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Policies;

/// <summary>What requests and a person who asks see of a change.</summary>
public sealed partial class LivePoliciesTests
{
    [Fact]
    public async Task Our_own_fault_is_told_and_the_following_goes_on()
    {
        var look = "1";
        var breaks = true;
        var broke = 0;
        Write("deny");
        await using var live = new LivePolicies(
            Read(),
            new PolicySource
            {
                Look = () => look,
                LookedLike = look,
                Read = () => breaks ? throw new InvalidOperationException($"boom {Interlocked.Increment(ref broke)}") : Read(),
            },
            time,
            log
        );
        Write("warn");
        look = "2";
        await Until(() => Ticked(() => Volatile.Read(ref broke) > 0));
        breaks = false;
        look = "3";
        await Until(() => Ticked(() => live.Cluster.Policies.Length == 1 && Action(live) == "warn"));
        await live.DisposeAsync(); // nobody writes the log any more
        Assert.Contains("boom 1", log.ToString(), StringComparison.Ordinal);

        bool Ticked(Func<bool> condition)
        {
            time.RingAll();
            return condition();
        }
    }

    [Fact]
    public async Task Requests_never_see_half_a_change()
    {
        await using var live = Start();
        await using var server = await RunningServer.Start(judge: review => Evaluator.Evaluate(review, live.Cluster), policies: () => live.Status);
        var client = server.Client();
        using var enough = new CancellationTokenSource();
        var asked = 0;
        var asking = Task.Run(
            async () =>
            {
                var answers = new HashSet<string>();
                while (!enough.IsCancellationRequested)
                {
                    var response = await Response(await client.PostAsync("/validate", Body(Review(Bad)), Stop));
                    answers.Add($"{response["allowed"]} {response["warnings"] is not null}");
                    Interlocked.Increment(ref asked);
                }
                return answers;
            },
            Stop
        );
        foreach (var action in (string[])["warn", "block", "deny", "nonsense: [", "warn"])
        {
            var before = Volatile.Read(ref asked);
            Write(action);
            Settle(live);
            await Until(() => Volatile.Read(ref asked) > before + 3);
        }
        System.IO.File.Delete(File);
        Settle(live);
        await enough.CancelAsync();
        Assert.Equal(["false False", "true True"], (await asking).Order(StringComparer.Ordinal));
        Assert.Equal("warn", Action(live));
    }

    [Fact]
    public async Task Readiness_and_metrics_say_where_they_stand()
    {
        await using var live = Start();
        await using var server = await RunningServer.Start(policies: () => live.Status);
        var client = server.Client();
        Assert.StartsWith(
            "[+]policies: 1 in force, 0 exceptions, read 2026-11-21T12:00:00Z\n[+]certificate: valid until ",
            await client.GetStringAsync("/readyz?verbose", Stop),
            StringComparison.Ordinal
        );
        Assert.Contains("\nadmissionguard_policies_refused 0\n", await client.GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
        Write("block");
        Settle(live);
        Assert.Equal("ok\n", await client.GetStringAsync("/readyz", Stop));
        var verbose = await client.GetStringAsync("/readyz?verbose", Stop);
        Assert.Contains(
            $"[-]policies refused, the last good ones stay in force: {File}:7:48: spec.rules[0].action: is \"block\"",
            verbose,
            StringComparison.Ordinal
        );
        Assert.EndsWith("\nok\n", verbose, StringComparison.Ordinal);
        var metrics = await client.GetStringAsync("/metrics", Stop);
        foreach (
            var line in (string[])
                [
                    "policies_refused 1",
                    "policies_loaded 1",
                    "exceptions_loaded 0",
                    $"policies_loaded_timestamp_seconds {Judge.Now.ToUnixTimeSeconds()}",
                ]
        )
        {
            Assert.Contains($"\nadmissionguard_{line}\n", metrics, StringComparison.Ordinal);
        }
    }
}
