namespace AdmissionGuard.Kubernetes;

/// <summary>A resource as the API server serves it. <paramref name="Group"/> is empty for the core group.</summary>
internal sealed record Resource(string Group, string Version, string Plural, bool Namespaced = true)
{
    public static readonly Resource Namespaces = new("", "v1", "namespaces", Namespaced: false);

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Where the group's version is served, relative to the server.</summary>
    public string Root => Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";

    /// <summary>Of all objects, of those of a namespace, or of one; names are escaped.</summary>
    public string Path(string? ns, string? name = null, string? subresource = null)
    {
        var path = Root;
        if (Namespaced && ns is not null)
            path += "/namespaces/" + Uri.EscapeDataString(ns);
        path += "/" + Plural;
        if (name is not null)
            path += "/" + Uri.EscapeDataString(name);
        return subresource is null ? path : path + "/" + subresource;
    }

    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
