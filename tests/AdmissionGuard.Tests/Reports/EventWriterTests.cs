using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Reports;
using AdmissionGuard.Tests.Kubernetes;

namespace AdmissionGuard.Tests.Reports;

/// <summary>Which answers leave an Event, and how many.</summary>
public sealed class EventWriterTests
{
    private const string Bare =
        "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop',"
        + "'uid':'1-2'},'spec':{'host':'api.shop.svc.cluster.local','x':NUMBER}}";

    private readonly ConcurrentQueue<JsonNode> stored = [];

    [Fact]
    public async Task An_hour_has_one_Event_for_an_object_and_a_rule_whoever_answers()
    {
        await using var fake = await Store();
        using var api = fake.Connect();
        using (var log = new StringWriter())
        {
            await using (var writer = new EventWriter(api, TimeProvider.System, log, aMinute: 60_000))
            {
                for (var i = 0; i < 5; i++)
                    writer.Tell(Verdict(GuardAction.Deny));
                await Until(() => writer.Written == 1);
            }
            await using var other = new EventWriter(api, TimeProvider.System, log, aMinute: 60_000);
            other.Tell(Verdict(GuardAction.Deny)); // the other replica: it is there already
            other.Tell(Verdict(GuardAction.Deny, at: Judge.Now.AddHours(1)));
            await Until(() => other.Written == 1);
            Assert.Equal("", log.ToString());
        }
        Assert.Equal(2, stored.Count);
        var said = stored.First();
        Assert.Equal(
            ("shop", "api", "DestinationRule", "1-2"),
            (
                (string?)said["involvedObject"]!["namespace"],
                (string?)said["involvedObject"]!["name"],
                (string?)said["involvedObject"]!["kind"],
                (string?)said["involvedObject"]!["uid"]
            )
        );
        Assert.Equal(
            ("ChangeDenied", "Warning", "admissionguard"),
            ((string?)said["reason"], (string?)said["type"], (string?)said["reportingComponent"])
        );
    }

    [Fact]
    public async Task A_dry_run_and_a_denied_CREATE_leave_none_and_a_warning_does()
    {
        await using var fake = await Store();
        using var api = fake.Connect();
        await using var writer = new EventWriter(api, TimeProvider.System, TextWriter.Null, aMinute: 60_000);
        writer.Tell(Verdict(GuardAction.Deny) with { Review = Verdict(GuardAction.Deny).Review with { DryRun = true } });
        writer.Tell(Verdict(GuardAction.Deny, create: true));
        writer.Tell(Verdict(GuardAction.Audit));
        writer.Tell(Verdict(GuardAction.Warn));
        await Until(() => writer.Written == 1);
        Assert.Equal("ChangeWarned", (string?)Assert.Single(stored)["reason"]);
    }

    [Fact]
    public async Task More_than_can_be_written_are_dropped_and_nobody_waits()
    {
        await using var fake = await FakeApi.Start(FakeApi.Silence());
        using var api = fake.Connect();
        await using var writer = new EventWriter(api, TimeProvider.System, TextWriter.Null);
        for (var i = 0; i < 1000; i++)
        {
            var verdict = Verdict(GuardAction.Deny);
            writer.Tell(verdict with { Review = verdict.Review with { Name = "api-" + i } });
        }
        Assert.InRange(writer.Dropped, 700, 744);
    }

    /// <summary>One exception that nobody expected used to end the writing for as long as the server ran.</summary>
    [Fact]
    public async Task An_unexpected_exception_costs_one_Event_and_the_next_is_written()
    {
        await using var fake = await Store();
        using var api = fake.Connect(credential: new BrokenOnce());
        using var log = new StringWriter();
        var time = new FakeTime();
        await using (var writer = new EventWriter(api, time, log))
        {
            writer.Tell(Verdict(GuardAction.Deny));
            await time.Pass(AdmissionGuard.Loops.Loop.FirstPause);
            Assert.Equal(1, writer.Dropped);
            writer.Tell(Verdict(GuardAction.Deny, at: Judge.Now.AddHours(1)));
            await Until(() => writer.Written == 1);
        }
        Assert.Single(stored);
        Assert.StartsWith("writing an Event broke, please report", log.ToString(), StringComparison.Ordinal);
    }

    private sealed class BrokenOnce : ICredential
    {
        private int asked;

        public ValueTask<Identity> Get(CancellationToken stop) =>
            asked++ == 0 ? throw new InvalidOperationException("boom") : ValueTask.FromResult<Identity>(default);

        public bool Refused() => false;
    }

    private async Task<FakeApi> Store() =>
        await FakeApi.Always(async context =>
        {
            Assert.Equal("/api/v1/namespaces/shop/events", context.Request.Path);
            var said = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: FakeApi.Stop))!;
            var isNew = !stored.Any(s => (string?)s["metadata"]!["name"] == (string?)said["metadata"]!["name"]);
            if (isNew)
                stored.Enqueue(said);
            await (isNew ? FakeApi.Body(said.ToJsonString(), 201) : FakeApi.Status(409, "AlreadyExists", "it is there"))(context);
        });

    private static Verdict Verdict(GuardAction action, bool create = false, DateTimeOffset? at = null)
    {
        var policy = Judge.Policy("destination-rule-outlier-detection", action);
        // what is old is a warning: so that an update is denied, the old one has what the new one lacks
        var old = Bare.Replace(
            "'x':NUMBER",
            "'trafficPolicy':{'outlierDetection':{'consecutive5xxErrors':5,'interval':'10s','baseEjectionTime':'30s'}}",
            StringComparison.Ordinal
        );
        var review = Judge.Review(Bare.Replace("NUMBER", "1", StringComparison.Ordinal), create ? null : old, stage: Stage.Validate) with
        {
            Now = at ?? Judge.Now,
        };
        var verdict = Evaluator.Evaluate(review, Cluster.Live.With([policy]));
        Assert.Contains(verdict.Judgements, j => j.Action == action);
        return verdict;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
            await Task.Delay(20, FakeApi.Stop);
        Assert.True(condition());
    }
}
