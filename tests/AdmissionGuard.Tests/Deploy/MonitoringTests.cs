using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Deploy;

public sealed class MonitoringTests
{
    /// <summary>An alert on a metric that nobody writes never fires, and nobody notices.</summary>
    [Theory]
    [InlineData("monitoring/alerts.yaml")]
    [InlineData("monitoring/dashboard.json")]
    public void Alerts_and_dashboard_ask_only_for_metrics_that_there_are(string file)
    {
        var server = Path.Combine(Repository.Root, "src", "AdmissionGuard");
        var sources = string.Concat(
            Directory
                .EnumerateFiles(server, "*.cs", SearchOption.AllDirectories)
                .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );
        var asked = Regex
            .Matches(File.ReadAllText(Path.Combine(Manifest.Folder, file)), "admissionguard_[a-z_]+", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Select(m => m.Value)
            .ToHashSet();
        Assert.NotEmpty(asked);
        Assert.All(asked, metric =>
            Assert.Contains(
                $"\"{Regex.Replace(metric, "_(?:total|bucket|count|sum)$", "", RegexOptions.None, TimeSpan.FromSeconds(1))}\"",
                sources,
                StringComparison.Ordinal
            )
        );
    }

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
