using System.Globalization;
using System.Text.RegularExpressions;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Decisions;
using AdmissionGuard.Telemetry;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Every_line_is_what_Prometheus_reads()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        await client.PostAsync("/validate", Body(Review(Bad)), Stop);
        await client.PostAsync("/mutate", Body(Review(Bad)), Stop);
        await client.PostAsync("/validate", Body("{"), Stop);
        var message = await client.GetAsync("/metrics", Stop);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", message.Content.Headers.ContentType?.ToString());
        var text = await message.Content.ReadAsStringAsync(Stop);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var types = new Dictionary<string, string>();
        var seen = new HashSet<string>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (Help().IsMatch(line))
                continue;
            if (Typed().Match(line) is { Success: true } type)
            {
                Assert.True(types.TryAdd(type.Groups["name"].Value, type.Groups["type"].Value), line);
                continue;
            }
            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            Assert.True(seen.Add(sample.Groups["name"].Value + sample.Groups["labels"].Value), "twice: " + line);
            var family = HistogramSuffix().Replace(sample.Groups["name"].Value, "");
            Assert.True(types.ContainsKey(sample.Groups["name"].Value) || types.GetValueOrDefault(family) == "histogram", "no type: " + line);
            Assert.True(double.TryParse(sample.Groups["value"].Value, CultureInfo.InvariantCulture, out _), line);
        }
        Assert.Contains("admissionguard_requests_refused_total{reason=\"unreadable\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            $"admissionguard_findings_total{{rule=\"{Rule}\",kind=\"DestinationRule\",action=\"deny\"}} 1\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("admissionguard_review_duration_seconds_count{endpoint=\"validate\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("admissionguard_review_duration_seconds_bucket{endpoint=\"validate\",le=\"+Inf\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("admissionguard_ready 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_buckets_of_a_histogram_only_grow()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        for (var i = 0; i < 20; i++)
            await client.PostAsync("/validate", Body(Review(Bad)), Stop);
        var buckets = (await client.GetStringAsync("/metrics", Stop))
            .Split('\n')
            .Where(l => l.StartsWith("admissionguard_review_duration_seconds_bucket", StringComparison.Ordinal))
            .Select(l => int.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(20, buckets[^1]);
    }

    /// <summary>As gauges, which they were: a dashboard of the version before still shows them.</summary>
    [Fact]
    public async Task Deprecated_names_have_the_values_of_the_new_ones()
    {
        await using var decisions = new DecisionLog(() => Stream.Null, withObjects: false, TextWriter.Null);
        await using var server = await RunningServer.Start(decisions: decisions);
        await server.Client().PostAsync("/validate", Body(Review(Bad)), Stop);
        await Until(() => decisions.Written == 1);
        var text = await server.Client().GetStringAsync("/metrics", Stop);
        Assert.Contains(
            "# TYPE admissionguard_decisions_written_total counter\nadmissionguard_decisions_written_total 1\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("# TYPE admissionguard_decisions_written gauge\nadmissionguard_decisions_written 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("admissionguard_events_written", text, StringComparison.Ordinal); // nobody asked for Events
    }

    [Fact]
    public async Task A_series_has_the_labels_that_its_metric_declares_and_no_others()
    {
        await using var server = await RunningServer.Start();
        await server.Client().PostAsync("/validate", Body(Review(Bad)), Stop);
        await server.Client().PostAsync("/validate", Body("{"), Stop);
        var declared = Metrics.All.ToDictionary(m => m.Name, m => string.Join(',', m.Labels));
        var deprecated = Metrics.Deprecated.Select(d => d.Name).ToHashSet();
        foreach (var line in Series(await server.Client().GetStringAsync("/metrics", Stop)))
        {
            var sample = Sample().Match(line + " 0");
            var name = sample.Groups["name"].Value;
            var labels = string.Join(',', Label().Matches(sample.Groups["labels"].Value).Select(m => m.Groups["label"].Value).Where(l => l != "le"));
            if (!deprecated.Contains(name))
                Assert.Equal(declared[declared.ContainsKey(name) ? name : HistogramSuffix().Replace(name, "")], labels);
        }
    }

    /// <summary>What a user writes makes no series: a thousand names must not be a thousand series.</summary>
    [Fact]
    public async Task Labels_hold_nothing_that_a_user_wrote()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        await client.PostAsync("/validate", Body(Review(Bad)), Stop);
        await client.PostAsync("/validate", Body(Review(Bad).Replace("DestinationRule", "Kind0", StringComparison.Ordinal)), Stop);
        var before = Series(await client.GetStringAsync("/metrics", Stop));
        for (var i = 1; i < 50; i++)
        {
            var strange = Review(Bad, uid: $"uid-{i}")
                .Replace("\"api\"", $"\"name-{i}\"", StringComparison.Ordinal)
                .Replace("shop", $"ns-{i}", StringComparison.Ordinal);
            await client.PostAsync($"/validate?timeout={i}s", Body(strange), Stop);
            await client.PostAsync("/validate", Body(strange.Replace("DestinationRule", $"Kind{i}", StringComparison.Ordinal)), Stop);
        }
        Assert.Equal(before, Series(await client.GetStringAsync("/metrics", Stop)));
    }

    [Fact]
    public async Task A_dry_run_is_answered_alike_and_its_findings_are_not_counted()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client();
        var dry = await Response(await client.PostAsync("/validate", Body(Review(Bad, dryRun: true)), Stop));
        Assert.False((bool)dry["allowed"]!);
        var text = await client.GetStringAsync("/metrics", Stop);
        Assert.DoesNotContain("admissionguard_findings_total{", text, StringComparison.Ordinal);
        Assert.Contains("outcome=\"denied\",dry_run=\"true\"} 1\n", text, StringComparison.Ordinal);
        var wet = await Response(await client.PostAsync("/validate", Body(Review(Bad)), Stop));
        Assert.Equal(wet.ToJsonString(), dry.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_exception_covered_and_who_broke_the_glass_is_counted_but_not_of_a_dry_run(bool dryRun)
    {
        var exception = new GuardException(
            "legacy",
            [Core.Rules.Catalogue.Find(Rule)!],
            [new ObjectKey(Core.Terms.ObjectKind.DestinationRule, "shop", "api")],
            "team",
            "until the migration",
            DateTimeOffset.MaxValue
        );
        var world = Cluster.Empty.With([Tests.Judge.Policy(Rule)]).With(GuardSettings.Default with { BreakGlassGroups = ["oncall"] });
        await using var server = await RunningServer.Start(judge: review =>
            Evaluator.Evaluate(review, review.Object["metadata"u8]["annotations"u8].Exists ? world : world.WithExceptions([exception]))
        );
        var client = server.Client();
        var review = Review(Bad, dryRun: dryRun);
        var annotated = review.Replace(
            "\"metadata\":{",
            "\"metadata\":{\"annotations\":{\"admissionguard.io/break-glass\":\"INC-4711: pool melts\"},",
            StringComparison.Ordinal
        );
        Assert.Equal(
            "legacy: " + Rule,
            (string?)(await Response(await client.PostAsync("/validate", Body(review), Stop)))["auditAnnotations"]!["exceptions"]
        );
        Assert.False((bool)(await Response(await client.PostAsync("/validate", Body(annotated), Stop)))["allowed"]!);
        var onCall = annotated.Replace("\"username\":\"jane\"", "\"username\":\"jane\",\"groups\":[\"oncall\"]", StringComparison.Ordinal);
        Assert.True((bool)(await Response(await client.PostAsync("/validate", Body(onCall), Stop)))["allowed"]!);
        var text = await client.GetStringAsync("/metrics", Stop);
        foreach (
            var line in (string[])
                [
                    $"findings_exempted_total{{rule=\"{Rule}\",kind=\"DestinationRule\"}}",
                    "break_glass_total{kind=\"DestinationRule\",outcome=\"broken\"}",
                    "break_glass_total{kind=\"DestinationRule\",outcome=\"refused\"}",
                ]
        )
        {
            Assert.Equal(!dryRun, text.Contains($"\nadmissionguard_{line} 1\n", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Two_servers_of_one_process_count_each_their_own()
    {
        await using var asked = await RunningServer.Start();
        await using var idle = await RunningServer.Start();
        await asked.Client().PostAsync("/validate", Body(Review(Bad)), Stop);
        Assert.DoesNotContain("admissionguard_reviews_total{", await idle.Client().GetStringAsync("/metrics", Stop), StringComparison.Ordinal);
    }

    private static List<string> Series(string text) =>
        [.. text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l[..l.LastIndexOf(' ')])];

    [GeneratedRegex("^# HELP [a-z_]+ [^\\n]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) (?<type>counter|gauge|histogram)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Typed();

    [GeneratedRegex(
        """^(?<name>[a-z_]+)(?<labels>(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})?) (?<value>\S+)$""",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Sample();

    [GeneratedRegex("(?<label>[a-z_]+)=\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();

    [GeneratedRegex("_(?:bucket|sum|count)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HistogramSuffix();
}
