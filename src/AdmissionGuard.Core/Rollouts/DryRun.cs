using System.Buffers;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The metrics whose result does not count. Each name is a regular expression that may match anywhere in a metric's name
/// (argo-rollouts utils/analysis/helpers.go, GetDryRunMetrics). Understood here are plain text, <c>.*</c> at its ends, and anchors.
/// </summary>
internal readonly struct DryRun(Node list)
{
    /// <summary>Each is compared with every metric; what more of them cover is not told.</summary>
    public const int Most = 100;

    private const string Anything = ".*";

    /// <summary>What a repetition of nothing is to Go: an expression in error, which matches no metric.</summary>
    public const string Star = "*";

    private static readonly SearchValues<char> Operators = SearchValues.Create(@"\.+*?()|[]{}^$");

    public Node At { get; } = list;

    /// <summary>What is said where a <see cref="Star"/> is among the names and nothing is covered.</summary>
    public Finding StarAlone() =>
        new(At, "dryRun", "dryRun names \"*\", a regular expression is expected there: it matches no metric, and every analysis ends in an error")
        {
            Found = "\"*\"",
            Limit = "names of metrics",
            Excess = 1,
        };

    /// <summary>Whether it covers a metric of this name; null where that takes the whole of regular expressions to tell.</summary>
    public bool? Covers(string metric)
    {
        if (At.Count > Most)
            return null;
        bool? covered = false;
        foreach (var item in At.Items)
        {
            var name = item["metricName"u8];
            if (name.Exists && Matches(name.Text, metric) is var matches && matches != false)
                covered = matches;
            if (covered == true)
                break;
        }
        return covered;
    }

    private static bool? Matches(string? pattern, string metric)
    {
        if (pattern is null)
            return null;
        if (pattern is Star)
            return false;
        var atStart = pattern.StartsWith('^');
        var atEnd = pattern.EndsWith('$');
        var text = pattern[(atStart ? 1 : 0)..(atEnd ? ^1 : ^0)];
        if (text.StartsWith(Anything, StringComparison.Ordinal))
        {
            atStart = false;
            text = text[2..];
        }
        if (text.EndsWith(Anything, StringComparison.Ordinal))
        {
            atEnd = false;
            text = text[..^2];
        }
        if (text.AsSpan().ContainsAny(Operators))
            return null;
        return (atStart, atEnd) switch
        {
            (true, true) => metric == text,
            (true, false) => metric.StartsWith(text, StringComparison.Ordinal),
            (false, true) => metric.EndsWith(text, StringComparison.Ordinal),
            _ => metric.Contains(text, StringComparison.Ordinal),
        };
    }
}
