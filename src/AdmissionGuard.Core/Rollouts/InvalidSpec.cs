using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// What Argo's controller calls InvalidSpec, as far as the Rollout alone tells (argo-rollouts pkg/apis/rollouts/validation/validation.go). Left out
/// is every reference to another object. The routes of header and mirror steps are
/// the matter of
/// the rule rollout-managed-routes.
/// </summary>
internal static class InvalidSpec
{
    private const long DefaultDeadline = 600;
    private const long DefaultHistory = 10;

    private static readonly (string Key, long Default)[] Counts =
    [
        ("replicas", 1),
        ("minReadySeconds", 0),
        ("revisionHistoryLimit", DefaultHistory),
        ("progressDeadlineSeconds", DefaultDeadline),
    ];

    /// <param name="name">Of the Rollout, from which names of Services are suggested.</param>
    public static IEnumerable<Finding> Of(Node spec, string name, ExposurePlan plan, Reader read)
    {
        if (!spec.IsObject)
            yield break;
        foreach (var (key, usual) in Counts)
        {
            if (read.Integer(spec[key]) is < 0 and var number)
                yield return Fault(spec[key], key, $"{key} is {number}, 0 or more is allowed", $"{key}: {usual}", -number);
        }
        if (Deadline(spec, read) is { } deadline)
            yield return deadline;
        var isPart = IsPart(spec);
        if (isPart)
            yield return Part(spec);
        else
            foreach (var fault in Pods(spec, read).Concat(spec["workloadRef"u8].Exists ? [] : InvalidTemplate.Of(spec, read)))
                yield return fault;
        var strategy = spec["strategy"u8];
        if (strategy.Exists ? !strategy.IsObject : isPart)
            yield break;
        var canary = strategy["canary"u8];
        var blueGreen = strategy["blueGreen"u8];
        if (canary.Exists && blueGreen.Exists)
        {
            yield return Fault(strategy, "strategy", "the strategy is both canary and blueGreen, one of them is allowed");
        }
        else if (!canary.Exists && !blueGreen.Exists)
        {
            const string steps =
                "canary:\n  steps:\n    - setWeight: 10\n    - pause: {duration: 5m}\n    - setWeight: 50\n    - pause: {duration: 10m}";
            var remedy = strategy.Exists ? steps : $"strategy:\n  {steps.Replace("\n", "\n  ", StringComparison.Ordinal)}";
            yield return Fault(Place.Of(spec, "strategy"), "strategy", "the strategy is neither canary nor blueGreen, one of them is needed", remedy);
        }
        else
        {
            foreach (
                var fault in canary.IsObject
                    ? InvalidCanary.Of(canary, name, plan.MostWeight, read)
                    : BlueGreen(spec, name, read.Map(blueGreen), read)
            )
                yield return fault;
        }
    }

    internal static Finding Fault(Place at, string key, string message, string? remedy = null, double excess = 1) =>
        new(at, key, $"{message}: Argo calls the Rollout invalid and ships nothing") { Excess = excess, Remedy = remedy };

    /// <summary>Nothing says which pods are meant, as in the patches of an overlay that somebody checks without its base.</summary>
    private static bool IsPart(Node spec) =>
        !spec["workloadRef"u8].Exists && !spec["selector"u8].Exists && !spec["template"u8]["metadata"u8]["labels"u8].Exists;

    private static Finding Part(Node spec) =>
        new(
            new Place(spec, "selector"),
            "part",
            "the Rollout has neither a selector, a template with labels nor a workloadRef: unless this is only a patch to one, Argo calls it "
                + "invalid and ships nothing"
        )
        {
            Excess = 1,
            AtMost = GuardAction.Warn,
        };

    internal static Finding? AntiAffinity(Node affinity, Reader read)
    {
        if (!affinity.IsObject)
            return null;
        var preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"u8];
        var required = affinity["requiredDuringSchedulingIgnoredDuringExecution"u8];
        if (preferred.Exists == required.Exists)
        {
            return Fault(
                affinity,
                "antiAffinity",
                $"antiAffinity is {(preferred.Exists ? "both preferred and required" : "neither preferred nor required")}, exactly one is allowed",
                preferred.Exists ? null : "preferredDuringSchedulingIgnoredDuringExecution: {weight: 50}"
            );
        }
        if (
            !preferred.IsObject
            || (preferred["weight"u8].Exists ? read.Integer(preferred["weight"u8]) : 0) is not { } weight
            || weight is >= 1 and <= 100
        )
            return null;
        return Fault(
            Place.Of(preferred, "weight"),
            "antiAffinity weight",
            $"the weight of antiAffinity is {weight}, 1 to 100 is allowed",
            "weight: 50",
            weight < 1 ? 1 - weight : weight - 100
        );
    }

    private static Finding? Deadline(Node spec, Reader read)
    {
        var written = spec["progressDeadlineSeconds"u8];
        var ready = read.Integer(spec["minReadySeconds"u8]) ?? 0;
        if ((written.Exists ? read.Integer(written) : DefaultDeadline) is not (>= 0 and var deadline) || deadline > ready)
            return null;
        var found = written.Exists ? $"{deadline}" : $"{deadline}, its default";
        return Fault(
            Place.Of(spec, "progressDeadlineSeconds"),
            "progressDeadlineSeconds over minReadySeconds",
            $"progressDeadlineSeconds is {found}, it must be more than minReadySeconds of {ready}",
            $"progressDeadlineSeconds: {(double)ready + DefaultDeadline:0}",
            (double)ready - deadline + 1
        );
    }

    /// <summary>Which pods are the Rollout's: selector, template, workloadRef.</summary>
    private static IEnumerable<Finding> Pods(Node spec, Reader read)
    {
        var template = spec["template"u8];
        var selector = read.Map(spec["selector"u8]);
        var labels = template["metadata"u8]["labels"u8];
        if (spec["workloadRef"u8].Exists)
        {
            if (!labels.HasEntries && !template["metadata"u8]["annotations"u8].HasEntries)
                yield break;
            yield return Fault(template, "template", "the Rollout has a template beside its workloadRef, one of them is allowed");
            yield break;
        }
        if (!template.Exists)
            yield return Fault(new Place(spec, "template"), "template", "the Rollout has no template, one is needed without a workloadRef");
        if (!spec["selector"u8].Exists || (selector.IsObject && !selector["matchLabels"u8].HasEntries && selector["matchExpressions"u8].Count == 0))
        {
            var found = spec["selector"u8].Exists ? "is empty" : "is missing";
            yield return Fault(
                Place.Of(spec, "selector"),
                "selector",
                $"the selector {found}, a label of the pod template is needed",
                Selecting(labels, selector.IsObject)
            );
        }
        if (!template.IsObject || (labels.Exists && !labels.IsObject))
            yield break;
        // Looked up in a dictionary: a map of a document is searched from its beginning.
        var written = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var entry in labels.Entries)
            written[entry.Name] = entry.Value;
        foreach (var entry in selector["matchLabels"u8].Entries)
        {
            var wanted = entry.Value;
            var label = written.GetValueOrDefault(entry.Name);
            if (wanted.Text is not { } value || (label.Exists && label.Text is null) || label.Text == value)
                continue;
            var text = Shown.Clip($"{entry.Name}={value}", 60);
            yield return Fault(
                wanted,
                $"selector {entry.Name}",
                $"the selector asks for {text}, which the labels of the template {(label.Exists ? "contradict" : "lack")}"
            );
        }
    }

    private static string? Selecting(Node labels, bool within)
    {
        foreach (var entry in labels.Entries)
        {
            if (entry.Value.Text is not { } value)
                continue;
            var label = $"{Shown.Clean(entry.Name)}: {Shown.Quote(value)}";
            return within ? $"matchLabels:\n  {label}" : $"selector:\n  matchLabels:\n    {label}";
        }
        return null;
    }

    private static IEnumerable<Finding> BlueGreen(Node spec, string name, Node blueGreen, Reader read)
    {
        if (!blueGreen.IsObject)
            yield break;
        var active = blueGreen["activeService"u8];
        if (active.Text is { } service && service == (blueGreen["previewService"u8].Exists ? blueGreen["previewService"u8].Text : ""))
        {
            var quoted = Shown.Quote(Shown.Clip(service, 60));
            yield return service.Length == 0
                ? Fault(active, "activeService", "activeService is empty, the Service of all users is needed", $"activeService: {name}")
                : Fault(
                    blueGreen["previewService"u8],
                    "previewService",
                    $"activeService and previewService are both {quoted}, two Services are needed",
                    $"previewService: {name}-preview"
                );
        }
        var limit = blueGreen["scaleDownDelayRevisionLimit"u8];
        var history = spec["revisionHistoryLimit"u8];
        if (read.Integer(limit) is { } kept && (history.Exists ? read.Integer(history) : DefaultHistory) is { } most && kept > most)
        {
            yield return Fault(
                limit,
                "scaleDownDelayRevisionLimit",
                $"scaleDownDelayRevisionLimit is {kept}, at most the revisionHistoryLimit of {most} is allowed",
                $"scaleDownDelayRevisionLimit: {most}",
                (double)kept - most
            );
        }
        if (AntiAffinity(blueGreen["antiAffinity"u8], read) is { } fault)
            yield return fault;
    }
}
