using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Objects;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// What Istio refuses of one object, one finding a place, and the checks that several fields share (docs/facts/istio.md#validation).
/// </summary>
internal sealed class Refusals(KubeObject of)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly HashSet<(int Offset, string? Missing)> places = [];
    private readonly List<Finding> found = [];

    public Reader Read => of.Read;

    public KubeObject Of => of;

    public IReadOnlyList<Finding> Found => found;

    /// <summary>The route, subset or port that the next refusals are about; empty where they are about the whole object.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Whether there is a spec to check; where there is, the annotations beside it are checked too.</summary>
    /// <param name="needed">What it must hold, with its verb: <c>host is</c>.</param>
    public bool HasSpec(string needed)
    {
        if (!of.Root["spec"u8].Exists)
            Add(new Place(of.Root, "spec"), "spec", $"there is no spec, {needed} needed");
        if (!of.Spec.IsObject)
            return false;
        RefusedAnnotations.Check(of.Root, this);
        return true;
    }

    /// <param name="at">The value, or the place where it is missing.</param>
    /// <param name="key">What is refused, without indexes.</param>
    /// <param name="message">The value found, then what Istio allows.</param>
    /// <param name="remedy">YAML that Istio takes.</param>
    public void Add(Place at, string key, string message, string? remedy = null)
    {
        if (!places.Add((at.Node.OffsetIn(of.Root), at.Missing)))
            return;
        found.Add(
            new Finding(at, Scope.Length == 0 ? key : $"{Scope} {key}", $"{message}: Istio refuses the {of.Kind.Name}")
            {
                Excess = 1,
                Remedy = remedy,
            }
        );
    }

    /// <summary>At least 1 ms, and whole milliseconds; unreadable durations are the reader's.</summary>
    public void Duration(Node node, string name)
    {
        if (Read.Duration(node) is not { } duration)
            return;
        if (duration < Least)
            Add(node, name, $"{name} is {Durations.Write(duration)}, 1ms or more is allowed", $"{name}: 5s");
        else if (duration.Ticks % TimeSpan.TicksPerMillisecond != 0)
            Add(node, name, $"{name} is {Durations.Write(duration)}, whole milliseconds are allowed", $"{name}: {Rounded(duration)}");
    }

    private static string Rounded(TimeSpan duration) => Durations.Write(TimeSpan.FromMilliseconds(Math.Ceiling(duration.TotalMilliseconds)));

    public void Port(Node node, string name, bool zeroIsUnset = false)
    {
        if (Read.Integer(node) is { } port && port is < 1 or > 65535 && !(zeroIsUnset && port == 0))
            Add(node, name, $"{name} is {Written(port)}, 1 to 65535 is allowed", $"{name}: 80");
    }

    /// <summary>A number within bounds, both included.</summary>
    /// <param name="key">What the remedy writes it under, where that is not its name; empty for none.</param>
    public void Range(Node node, string name, double least, double most, string? key = null)
    {
        if (Read.Number(node) is not { } number || (number >= least && number <= most))
            return;
        var allowed = double.IsInfinity(most) ? $"{Written(least)} or more" : $"{Written(least)} to {Written(most)}";
        var remedy = key is "" ? null : $"{key ?? name}: {Written(Math.Clamp(number, least, most))}";
        Add(node, name, $"{name} is {Written(number)}, {allowed} is allowed", remedy);
    }

    /// <summary>At most so many, where Istio's rule has no other bound.</summary>
    public void NotNegative(Node node, string name) => Range(node, name, 0, double.PositiveInfinity);

    /// <summary>Labels of pods: keys and values as Kubernetes has them.</summary>
    public void Labels(Node labels, string name)
    {
        foreach (var entry in Read.Map(labels).Entries)
        {
            var value = entry.Value;
            if (!IstioNames.IsTagKey(entry.Name))
                Add(value, $"{name} key {Word(entry.Name)}", $"{Word(entry.Name)} is not the name of a label");
            else if (value.Exists && Read.Text(value) is { } text && !IstioNames.IsTagValue(text))
                Add(value, $"{name} {Word(entry.Name)}", $"{Word(text)} is not the value of a label");
        }
    }

    /// <summary>A selector of pods: no wildcards, no empty keys.</summary>
    public void Selector(Node labels, string name)
    {
        foreach (var entry in Read.Map(labels).Entries)
        {
            var value = entry.Value;
            var text = value.Exists ? Read.Text(value) ?? "" : "";
            if (entry.Name.Length == 0)
                Add(value, $"{name} without key", $"{name} has a label without a name");
            else if (entry.Name.Contains('*', StringComparison.Ordinal) || text.Contains('*', StringComparison.Ordinal))
                Add(
                    value,
                    $"{name} {Word(entry.Name)}",
                    $"{name} has a wildcard in {Word($"{entry.Name}={text}")}, whole names and values are allowed"
                );
        }
    }

    /// <summary>Whom the object is exported to.</summary>
    public void ExportTo(Node list, bool mayBeNobody = false, bool onlyOwn = false)
    {
        if (list.Count == 0)
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in Read.Items(list))
        {
            if (Read.Text(item) is not { } text)
                continue;
            var target = text == "." ? of.Namespace : text;
            if (seen.Contains(target))
                Add(item, $"exportTo {Word(text)}", $"exportTo has {Word(text)} twice{(text == target ? "" : ", it is the rule's own namespace")}");
            else if (target is "*" || (target is "~" && mayBeNobody) || IstioNames.IsLabel(target))
                seen.Add(target);
            else
                Add(item, $"exportTo {Word(text)}", $"exportTo has {Word(text)}, \".\", \"*\" or the name of a namespace is allowed");
        }
        if (onlyOwn && seen.Count > 0 && !(seen.Count == 1 && seen.Contains(of.Namespace)))
            Add(
                list,
                "exportTo beyond",
                "exportTo reaches beyond the own namespace beside a workloadSelector, only \".\" is allowed",
                "exportTo: [\".\"]"
            );
        if (seen.Contains("*") && list.Count > 1)
            Add(list, "exportTo all", "exportTo has \"*\" beside others, it must stand alone", "exportTo: [\"*\"]");
        if (seen.Contains("~") && list.Count > 1)
            Add(list, "exportTo nobody", "exportTo has \"~\", nobody, beside others, it must stand alone", "exportTo: [\"~\"]");
    }

    public static string Word(string text) => Shown.Word(text);

    public static string Written(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
