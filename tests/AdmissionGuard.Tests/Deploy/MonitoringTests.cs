using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Telemetry;

namespace AdmissionGuard.Tests.Deploy;

public sealed class MonitoringTests
{
    /// <summary>An alert on a metric that nobody writes never fires, and nobody notices.</summary>
    [Theory]
    [InlineData("monitoring/alerts.yaml")]
    [InlineData("monitoring/dashboard.json")]
    public void Alerts_and_dashboard_ask_only_for_metrics_that_there_are(string file)
    {
        var series = Metrics
            .All.SelectMany(m => m.Type == MetricType.Histogram ? [$"{m.Name}_bucket", $"{m.Name}_sum", $"{m.Name}_count"] : (string[])[m.Name])
            .ToHashSet();
        var asked = Names(File.ReadAllText(Path.Combine(Manifest.Folder, file)));
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains(name, series));
    }

    [Fact]
    public void The_tables_of_the_docs_hold_every_metric_with_its_labels_and_every_deprecated_name()
    {
        var readme = File.ReadAllLines(Path.Combine(Manifest.Folder, "README.md"));
        var rows = string.Join('\n', readme.Where(l => l.StartsWith("| `", StringComparison.Ordinal)));
        foreach (var metric in Metrics.All.Where(m => m != Metrics.ResidentMemory))
        {
            var labels = metric.Labels.Length == 0 ? "" : $"{{{string.Join(',', metric.Labels)}}}";
            Assert.Contains($"`{metric.Name}{labels}`", rows, StringComparison.Ordinal);
        }
        var changelog = File.ReadAllText(Path.Combine(Repository.Root, "CHANGELOG.md"));
        foreach (var (name, metric) in Metrics.Deprecated)
        {
            Assert.Contains($"| `{name}` | `{metric.Name}` |", rows, StringComparison.Ordinal);
            Assert.Contains($"`{name}`", changelog, StringComparison.Ordinal);
        }
        Assert.Subset(Metrics.All.Select(m => m.Name).Concat(Metrics.Deprecated.Select(d => d.Name)).ToHashSet(), Names(rows));
    }

    private static HashSet<string> Names(string text) =>
        [.. Regex.Matches(text, "admissionguard_[a-z_]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Value)];

    [Fact]
    public void An_alert_says_what_it_means_and_what_to_do()
    {
        var rules = Manifest.Read("monitoring/alerts.yaml")[0].Root.At("groups/0/rules").Nodes().ToArray();
        Assert.NotEmpty(rules);
        Assert.All(rules, r =>
            Assert.True(
                r["alert"u8].Text is { Length: > 0 }
                    && r.At("annotations/summary").Text is { Length: > 0 }
                    && r.At("annotations/description").Text is { Length: > 0 }
                    && r.At("labels/severity").Text is "critical" or "warning" or "info",
                r["alert"u8].Text
            )
        );
    }

    [Fact]
    public void The_dashboard_is_json() =>
        Assert.NotEmpty(Node.Parse(File.ReadAllText(Path.Combine(Manifest.Folder, "monitoring", "dashboard.json")))["panels"u8].Nodes());
}
