using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>
/// The part of <see cref="InvalidSpec"/> that is about selector and pod template: Argo holds them to what Kubernetes asks of a ReplicaSet
/// (argo-rollouts validation.go, ValidateRolloutSpec; kubernetes pkg/apis/apps/validation, ValidatePodTemplateSpecForReplicaSet). Volumes, probes and
/// resources are left out.
/// </summary>
internal static partial class InvalidTemplate
{
    private static readonly string[] Operators = ["In", "NotIn", "Exists", "DoesNotExist"];

    public static IEnumerable<Finding> Of(Node spec, Reader read)
    {
        var template = spec["template"u8];
        var pod = template["spec"u8];
        foreach (var fault in Selector(spec["selector"u8], read))
            yield return fault;
        foreach (var fault in Labels(template["metadata"u8]["labels"u8], "the label of the template"))
            yield return fault;
        if (!template.IsObject)
            yield break;
        foreach (var fault in Containers(template, pod, read))
            yield return fault;
        if (pod["activeDeadlineSeconds"u8] is { Exists: true } deadline)
        {
            yield return InvalidSpec.Fault(
                deadline,
                "activeDeadlineSeconds",
                $"activeDeadlineSeconds is {Shown.Value(deadline)}, pods of a Rollout run without an end"
            );
        }
        if (pod["restartPolicy"u8] is { Exists: true } policy && policy.Text is { Length: > 0 } text && text != "Always")
        {
            yield return InvalidSpec.Fault(
                policy,
                "restartPolicy",
                $"restartPolicy is {Shown.Quote(Shown.Clip(text, 30))}, only Always is allowed",
                "restartPolicy: Always"
            );
        }
    }

    private static IEnumerable<Finding> Containers(Node template, Node pod, Reader read)
    {
        if (pod.Exists && !pod.IsObject)
            yield break;
        var containers = pod["containers"u8];
        if (!containers.Exists || (containers.IsArray && containers.Count == 0))
        {
            yield return InvalidSpec.Fault(
                pod.IsObject ? Place.Of(pod, "containers") : Place.Of(template, "spec"),
                "containers",
                "the pod template has no containers, one is needed"
            );
            yield break;
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in (Node[])[containers, pod["initContainers"u8]])
        {
            foreach (var container in read.Items(list))
            {
                if (!container.IsObject || (container["name"u8].Exists && container["name"u8].Text is null))
                    continue;
                var name = container["name"u8].Text ?? "";
                var shown = Shown.Quote(Shown.Clip(name, 63));
                var at = Place.Of(container, "name");
                if (name.Length > 63 || !ContainerName().IsMatch(name))
                    yield return InvalidSpec.Fault(
                        at,
                        $"container {name}",
                        $"a container is called {shown}, lower case letters, digits and - are allowed"
                    );
                else if (!names.Add(name))
                    yield return InvalidSpec.Fault(at, $"container {name}", $"two containers are called {shown}, each needs a name of its own");
                if (list.Raw == containers.Raw && !container["image"u8].Exists)
                    yield return InvalidSpec.Fault(Place.Of(container, "image"), $"image {name}", $"the container {shown} has no image");
            }
        }
    }

    private static IEnumerable<Finding> Selector(Node selector, Reader read)
    {
        if (!selector.IsObject)
            yield break;
        foreach (var fault in Labels(selector["matchLabels"u8], "the label of the selector"))
            yield return fault;
        foreach (var item in read.Items(selector["matchExpressions"u8]))
        {
            var @operator = item["operator"u8];
            var text = @operator.Text ?? "";
            var values = item["values"u8];
            if (!item.IsObject || (@operator.Exists && @operator.Text is null) || (values.Exists && !values.IsArray))
                continue;
            var key = $"expression {item["key"u8].Text}";
            if (!Operators.Contains(text))
            {
                yield return InvalidSpec.Fault(
                    Place.Of(item, "operator"),
                    key,
                    $"the operator is {Shown.Quote(Shown.Clip(text, 30))}, one of {string.Join(", ", Operators)} is allowed",
                    Array.Find(Operators, o => o.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } near ? $"operator: {near}" : null
                );
            }
            else if (text.EndsWith("In", StringComparison.Ordinal) != (values.Count > 0))
            {
                var asks = values.Count > 0 ? "stands beside values, which it has none of" : "has no values, one is needed";
                yield return InvalidSpec.Fault(Place.Of(item, "values"), key, $"the operator {text} {asks}");
            }
        }
    }

    private static IEnumerable<Finding> Labels(Node labels, string what)
    {
        foreach (var entry in labels.Entries)
        {
            var value = entry.Value;
            if (IsLabelKey(entry.Name) && (value.Text is not { } text || (text.Length <= 63 && LabelValue().IsMatch(text))))
                continue;
            var shown = Shown.Quote(Shown.Clip($"{entry.Name}: {value.Text}", 80));
            yield return InvalidSpec.Fault(
                value,
                $"label {entry.Name}",
                $"{what} is {shown}, letters, digits, -, _ and . are allowed, 63 at most, and a letter or digit at both ends"
            );
        }
    }

    private static bool IsLabelKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key[(slash + 1)..];
        var prefix = slash < 0 ? "a" : key[..slash];
        return name.Length is > 0 and <= 63 && LabelValue().IsMatch(name) && prefix.Length <= 253 && Domain().IsMatch(prefix);
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerName();

    [GeneratedRegex(@"\A(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelValue();

    [GeneratedRegex(
        @"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Domain();
}
