using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Terms;

public enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

/// <summary>Whether something applies, where what it depends on may be unknown.</summary>
public enum Coverage
{
    No,

    /// <summary>It depends on what is not known.</summary>
    Unknown,

    Yes,
}

/// <summary>Requirements that must all hold, as in Kubernetes: none at all selects everything, and NotIn holds where the label is absent.</summary>
public sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    /// <summary>The label that every namespace has (docs/facts/kubernetes-admission.md#namespace-selector).</summary>
    private const string NamespaceName = "kubernetes.io/metadata.name";

    public bool Selects(Node root)
    {
        var labels = LabelsOf(root);
        for (var i = 0; i < Requirements.Count; i++)
        {
            if (!Requirements[i].Holds(labels[Requirements[i].Key].Text))
                return false;
        }
        return true;
    }

    /// <param name="root">The Namespace object; the absent node where it is not known, and then only its name can be judged.</param>
    public Coverage SelectsNamespace(string name, Node root)
    {
        var labels = LabelsOf(root);
        var answer = Coverage.Yes;
        for (var i = 0; i < Requirements.Count; i++)
        {
            var requirement = Requirements[i];
            var isName = requirement.Key == NamespaceName;
            if (!isName && !root.Exists)
                answer = Coverage.Unknown;
            else if (!requirement.Holds(isName ? name : labels[requirement.Key].Text))
                return Coverage.No;
        }
        return answer;
    }

    internal static Node LabelsOf(Node root) => root["metadata"u8]["labels"u8];
}

/// <summary>What one label must be.</summary>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <param name="value">Null where the label is absent.</param>
    public bool Holds(string? value) =>
        Operator switch
        {
            LabelOperator.In => value is not null && Values.Contains(value, StringComparer.Ordinal),
            LabelOperator.NotIn => value is null || !Values.Contains(value, StringComparer.Ordinal),
            LabelOperator.Exists => value is not null,
            _ => value is null,
        };
}
