using System.Net;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Reports;
using AdmissionGuard.Tests.Kubernetes;
using k8s.Models;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace AdmissionGuard.Tests.Reports;

/// <summary>Which answers leave an Event, and how many.</summary>
public sealed class EventWriterTests
{
    private const string Bare =
        "{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','metadata':{'name':'api','namespace':'shop',"
        + "'uid':'1-2'},'spec':{'host':'api.shop.svc.cluster.local','x':NUMBER}}";

    private readonly IApiServer api = Substitute.For<IApiServer>();

    private IEnumerable<Corev1Event> Stored => api.ReceivedCalls().Select(c => c.GetArguments()[0]).OfType<Corev1Event>();

    [Fact]
    public async Task An_hour_has_one_Event_for_an_object_and_a_rule_whoever_answers()
    {
        using (var log = new StringWriter())
        {
            await using (var writer = new EventWriter(api, TimeProvider.System, log, aMinute: 60_000))
            {
                for (var i = 0; i < 5; i++)
                    writer.Tell(Verdict(GuardAction.Deny));
                await Until(() => writer.Written == 1);
            }
            var name = Stored.Single().Metadata.Name;
            api.Create(Arg.Is<Corev1Event>(e => e.Metadata.Name == name), Arg.Any<CancellationToken>())
                .ThrowsAsync(new ApiException(HttpStatusCode.Conflict, "AlreadyExists", "it is there"));
            await using var other = new EventWriter(api, TimeProvider.System, log, aMinute: 60_000);
            other.Tell(Verdict(GuardAction.Deny)); // the other replica: it is there already
            other.Tell(Verdict(GuardAction.Deny, at: Judge.Now.AddHours(1)));
            await Until(() => other.Written == 1);
            Assert.Equal("", log.ToString());
        }
        Assert.Equal(2, Stored.Select(e => e.Metadata.Name).Distinct().Count());
        var said = Stored.First();
        Assert.Equal(
            ("shop", "api", "DestinationRule", "1-2"),
            (said.InvolvedObject.NamespaceProperty, said.InvolvedObject.Name, said.InvolvedObject.Kind, said.InvolvedObject.Uid)
        );
        Assert.Equal(("ChangeDenied", "Warning", "admissionguard"), (said.Reason, said.Type, said.ReportingComponent));
    }

    [Fact]
    public async Task It_goes_over_the_wire_as_the_API_server_takes_it()
    {
        await using var fake = await FakeApi.Storing();
        using var server = fake.Connect();
        await using var writer = new EventWriter(server, TimeProvider.System, TextWriter.Null, aMinute: 60_000);
        writer.Tell(Verdict(GuardAction.Deny, at: Judge.Now.AddMilliseconds(7)));
        await Until(() => writer.Written == 1);
        var (path, stored) = Assert.Single(fake.Stored);
        Assert.StartsWith("api/v1/namespaces/shop/events/api.", path, StringComparison.Ordinal);
        Assert.Equal(
            ("v1", "Event", "2026-11-21T12:00:00Z", 1),
            ((string?)stored["apiVersion"], (string?)stored["kind"], (string?)stored["firstTimestamp"], (int)stored["count"]!)
        );
        Assert.Equal("admissionguard", (string?)stored["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);
    }

    [Fact]
    public async Task A_dry_run_and_a_denied_CREATE_leave_none_and_a_warning_does()
    {
        await using var writer = new EventWriter(api, TimeProvider.System, TextWriter.Null, aMinute: 60_000);
        writer.Tell(Verdict(GuardAction.Deny) with { Review = Verdict(GuardAction.Deny).Review with { DryRun = true } });
        writer.Tell(Verdict(GuardAction.Deny, create: true));
        writer.Tell(Verdict(GuardAction.Audit));
        writer.Tell(Verdict(GuardAction.Warn));
        await Until(() => writer.Written == 1);
        Assert.Equal("ChangeWarned", Assert.Single(Stored).Reason);
    }

    [Fact]
    public async Task More_than_can_be_written_are_dropped_and_nobody_waits()
    {
        api.Create(Arg.Any<Corev1Event>(), Arg.Any<CancellationToken>()).Returns(c => Task.Delay(Timeout.Infinite, c.Arg<CancellationToken>()));
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
        api.Create(Arg.Any<Corev1Event>(), Arg.Any<CancellationToken>())
            .Returns(_ => throw new InvalidOperationException("boom"), _ => Task.CompletedTask);
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
        Assert.StartsWith("writing an Event broke, please report", log.ToString(), StringComparison.Ordinal);
    }

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
