using System.Globalization;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Kubernetes;

/// <summary>A list, read page by page.</summary>
internal sealed class Pages(ApiClient client, Resource resource, string? ns, string? labelSelector)
{
    /// <exception cref="ApiException">A page that is not there any more (410) or too large among the rest: the list is to begin again.</exception>
    public async Task<Listing> Read(int pageSize, Func<Node, Node>? keep, Action<int>? came, CancellationToken stop)
    {
        var items = new List<Node>();
        var version = await Each(pageSize, item => items.Add(keep is null ? item : keep(item)), () => came?.Invoke(items.Count), stop);
        return new Listing(items, version);
    }

    /// <summary>As they come, so that no more than a page is held: the list's resourceVersion when all have come.</summary>
    /// <exception cref="ApiException">As of <see cref="Read"/>; some have been told then.</exception>
    public async Task<string> Each(int pageSize, Action<Node> tell, Action? came, CancellationToken stop)
    {
        string? next = null;
        while (true)
        {
            var most = pageSize == 1 ? ApiLimits.ObjectBytes : ApiLimits.PageBytes;
            var page = await client.Read(HttpMethod.Get, Path(pageSize, next), stop, most: most);
            if (!page["items"u8].IsArray && page["items"u8].Exists)
                throw Unreadable("its items are not a list");
            var kind = page["kind"u8].Text is { Length: > 4 } list && list.EndsWith("List", StringComparison.Ordinal) ? list[..^4] : null;
            foreach (var item in page["items"u8].Items)
            {
                if (!item.IsObject)
                    continue;
                tell(Slim.Of(item, resource.ApiVersion, kind));
            }
            came?.Invoke();
            var metadata = page["metadata"u8];
            next = metadata["continue"u8].Text;
            if (string.IsNullOrEmpty(next))
                return metadata["resourceVersion"u8].Text ?? throw Unreadable("the list has no resourceVersion");
        }
    }

    private string Path(int pageSize, string? next)
    {
        var path = $"{resource.Path(ns)}?limit={pageSize.ToString(CultureInfo.InvariantCulture)}";
        if (next is not null)
            path += "&continue=" + Uri.EscapeDataString(next);
        return labelSelector is null ? path : $"{path}&labelSelector={Uri.EscapeDataString(labelSelector)}";
    }

    private ApiException Unreadable(string why) => new(null, ApiException.Unreadable, $"{client.Server}: {resource}: {why}");
}
