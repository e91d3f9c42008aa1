namespace AdmissionGuard.Core.Json;

/// <summary>Where a finding is: a node, or keys that are missing below it, written <c>trafficPolicy/outlierDetection</c>.</summary>
public readonly record struct Place(Node Node, string? Missing = null)
{
    public static implicit operator Place(Node node) => new(node);

    /// <summary>The child of <paramref name="parent"/> if it is there, else the place where it is missing.</summary>
    public static Place Of(Node parent, string key)
    {
        var child = parent[key];
        return child.Exists ? child : new Place(parent, key);
    }
}
