namespace AdmissionGuard.Core.Json;

/// <summary>
/// Where a finding is: a node, or keys that are missing below it, written <c>trafficPolicy/outlierDetection</c>, with RFC 6901's escapes
/// (<c>~1</c> for a slash within a key).
/// </summary>
public readonly record struct Place(Node Node, string? Missing = null)
{
    public static implicit operator Place(Node node) => new(node);

    /// <summary>The child of <paramref name="parent"/> if it is there, else the place where it is missing.</summary>
    public static Place Of(Node parent, string key)
    {
        var child = parent[key];
        return child.Exists ? child : new Place(parent, key);
    }

    /// <summary>As <see cref="Of"/> for keys one below the other: what is there of them is walked, the rest is missing.</summary>
    public static Place Below(Node parent, string path)
    {
        var written = path.Split('/');
        var keys = Pointer.Keys(path);
        for (var i = 0; i < keys.Length; i++)
        {
            var child = parent[keys[i]];
            if (!child.Exists)
                return new Place(parent, string.Join('/', written[i..]));
            parent = child;
        }
        return parent;
    }
}
