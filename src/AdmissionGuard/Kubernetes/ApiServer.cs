using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Live;

namespace AdmissionGuard.Kubernetes;

/// <summary>All objects of a list, and the version of the world that they show.</summary>
internal sealed record Listing(IReadOnlyList<Node> Items, string ResourceVersion);

/// <summary>
/// The API server, and all that we ask of it: the one type to replace should the official client be used. Bodies in and out are raw JSON.
/// Objects come back without managedFields. Every failure is an <see cref="ApiException"/>; only the caller's own stop is a cancellation.
/// </summary>
internal sealed class ApiServer(Connection connection, TimeProvider time) : IDisposable
{
    /// <summary>Who owns the fields that we apply.</summary>
    public const string FieldManager = "admissionguard";

    /// <summary>A page of 500 objects has about 10 MB; where one is larger than this, smaller pages are asked for.</summary>
    private const int PageBytes = 64 << 20;

    private const int ObjectBytes = 16 << 20;

    private const int Restarts = 5;

    private readonly Transport transport = new(connection, time);

    public Uri Server => connection.Server;

    /// <summary>Of the context, or the pod's own.</summary>
    public string Namespace => connection.Namespace;

    public void Dispose() => transport.Dispose();

    /// <summary>The version that the server says it is, such as v1.36.2.</summary>
    public async Task<string> Version(CancellationToken stop) =>
        (await Read(Request(HttpMethod.Get, "version"), stop))["gitVersion"u8].Text ?? "unknown";

    /// <summary>Whether the resource is there; false where its CustomResourceDefinition, or this version of it, is not.</summary>
    public async Task<bool> Serves(Resource resource, CancellationToken stop)
    {
        try
        {
            var served = await Read(Request(HttpMethod.Get, resource.Root), stop);
            return served["resources"u8].Items.Any(r => r["name"u8].Text == resource.Plural);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>The object, or a node that does not exist.</summary>
    public async Task<Node> Get(Resource resource, string? ns, string name, CancellationToken stop)
    {
        try
        {
            return Slim.Of(await Read(Request(HttpMethod.Get, resource.Path(ns, name)), stop));
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return default;
        }
    }

    /// <summary>All objects, of a namespace or of all, page by page. A page that comes too late for the server (410) begins the list again.</summary>
    /// <param name="keep">What is kept of each, so that a large list needs no more memory than what is kept of it and one page; null keeps
    /// all.</param>
    /// <param name="came">Told after each page how many there are so far.</param>
    public async Task<Listing> List(
        Resource resource,
        CancellationToken stop,
        string? ns = null,
        string? labelSelector = null,
        int pageSize = 500,
        Func<Node, Node>? keep = null,
        Action<int>? came = null
    )
    {
        for (var restarts = 0; ; restarts++)
        {
            try
            {
                return await ListOnce(resource, ns, labelSelector, pageSize, keep, came, stop);
            }
            catch (ApiException e) when (e.IsGone && restarts < Restarts)
            {
                pageSize *= 2; // fewer pages are sooner through
            }
            catch (ApiException e) when (e.Reason == ApiException.TooLarge && pageSize > 1)
            {
                pageSize = Math.Max(1, pageSize / 8);
            }
        }
    }

    /// <summary>
    /// What changes after <paramref name="resourceVersion"/>. It ends by itself after <paramref name="lasting"/>, rounded to seconds.
    /// </summary>
    public async Task<WatchStream> Watch(
        Resource resource,
        string resourceVersion,
        TimeSpan lasting,
        CancellationToken stop,
        string? ns = null,
        string? labelSelector = null
    )
    {
        var seconds = ((int)lasting.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var path = WithSelector(
            $"{resource.Path(ns)}?watch=true&allowWatchBookmarks=true"
                + $"&resourceVersion={Uri.EscapeDataString(resourceVersion)}&timeoutSeconds={seconds}",
            labelSelector
        );
        var response = await transport.Send(Request(HttpMethod.Get, path), stop);
        return new WatchStream(response, Server, $"watch of {resource}", lasting + Transport.Patience, ObjectBytes, time);
    }

    public Task<Node> Create(Resource resource, string? ns, ReadOnlyMemory<byte> body, CancellationToken stop) =>
        Write(HttpMethod.Post, $"{resource.Path(ns)}?fieldManager={FieldManager}", body, "application/json", stop);

    /// <summary>Replaces the object; a resourceVersion in the body must be the stored one, else a conflict.</summary>
    public Task<Node> Update(
        Resource resource,
        string? ns,
        string name,
        ReadOnlyMemory<byte> body,
        CancellationToken stop,
        string? subresource = null
    ) => Write(HttpMethod.Put, $"{resource.Path(ns, name, subresource)}?fieldManager={FieldManager}", body, "application/json", stop);

    /// <summary>RFC 7386. A resourceVersion in the patch must be the stored one, else a conflict.</summary>
    public Task<Node> Merge(
        Resource resource,
        string? ns,
        string name,
        ReadOnlyMemory<byte> patch,
        CancellationToken stop,
        string? subresource = null
    ) => Write(HttpMethod.Patch, $"{resource.Path(ns, name, subresource)}?fieldManager={FieldManager}", patch, "application/merge-patch+json", stop);

    /// <summary>
    /// Server-side apply: creates the object or makes these fields ours, taking them from others where <paramref name="force"/>; <c>status</c> as
    /// subresource.
    /// </summary>
    public Task<Node> Apply(
        Resource resource,
        string? ns,
        string name,
        ReadOnlyMemory<byte> body,
        CancellationToken stop,
        string? subresource = null,
        string fieldManager = FieldManager,
        bool force = true
    ) =>
        Write(
            HttpMethod.Patch,
            $"{resource.Path(ns, name, subresource)}?fieldManager={Uri.EscapeDataString(fieldManager)}&force={(force ? "true" : "false")}",
            body,
            "application/apply-patch+yaml",
            stop
        );

    /// <summary>False where it was not there.</summary>
    /// <param name="resourceVersion">Only if this is still the stored one, else a conflict.</param>
    public async Task<bool> Delete(Resource resource, string? ns, string name, CancellationToken stop, string? resourceVersion = null)
    {
        var options = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(options))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", "v1");
            writer.WriteString("kind", "DeleteOptions");
            writer.WriteString("propagationPolicy", "Background");
            if (resourceVersion is not null)
            {
                writer.WriteStartObject("preconditions");
                writer.WriteString("resourceVersion", resourceVersion);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        try
        {
            await Read(Request(HttpMethod.Delete, resource.Path(ns, name), options.WrittenMemory, "application/json"), stop);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    private async Task<Listing> ListOnce(
        Resource resource,
        string? ns,
        string? labelSelector,
        int pageSize,
        Func<Node, Node>? keep,
        Action<int>? came,
        CancellationToken stop
    )
    {
        var items = new List<Node>();
        string? next = null;
        while (true)
        {
            var path = $"{resource.Path(ns)}?limit={pageSize.ToString(CultureInfo.InvariantCulture)}";
            if (next is not null)
                path += "&continue=" + Uri.EscapeDataString(next);
            var page = await Read(Request(HttpMethod.Get, WithSelector(path, labelSelector)), stop, PageBytes);
            if (!page["items"u8].IsArray && page["items"u8].Exists)
                throw Unreadable(resource, "its items are no list");
            var kind = page["kind"u8].Text is { Length: > 4 } list && list.EndsWith("List", StringComparison.Ordinal) ? list[..^4] : null;
            foreach (var item in page["items"u8].Items)
            {
                if (!item.IsObject)
                    continue;
                var slim = Slim.Of(item, resource.ApiVersion, kind);
                items.Add(keep is null ? slim : keep(slim));
            }
            came?.Invoke(items.Count);
            var metadata = page["metadata"u8];
            next = metadata["continue"u8].Text;
            if (string.IsNullOrEmpty(next))
                return new Listing(items, metadata["resourceVersion"u8].Text ?? throw Unreadable(resource, "the list has no resourceVersion"));
        }
    }

    private static string WithSelector(string path, string? labelSelector) =>
        labelSelector is null ? path : $"{path}&labelSelector={Uri.EscapeDataString(labelSelector)}";

    private ApiException Unreadable(Resource resource, string why) => new(null, ApiException.Unreadable, $"{Server}: {resource}: {why}");

    private async Task<Node> Write(HttpMethod method, string path, ReadOnlyMemory<byte> body, string type, CancellationToken stop) =>
        Slim.Of(await Read(Request(method, path, body, type), stop));

    private Func<HttpRequestMessage> Request(HttpMethod method, string path, ReadOnlyMemory<byte>? body = null, string? type = null) =>
        () =>
        {
            var request = new HttpRequestMessage(method, new Uri(Server, path));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (body is { } bytes)
                request.Content = new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type!) } };
            return request;
        };

    private async Task<Node> Read(Func<HttpRequestMessage> make, CancellationToken stop, int most = ObjectBytes)
    {
        using var response = await transport.Send(make, stop);
        var body = await ResponseBody.Read(response, most, time, stop);
        try
        {
            var root = Node.Parse(body);
            if (root.IsObject)
                return root;
        }
        catch (JsonException e)
        {
            throw new ApiException(
                response.StatusCode,
                ApiException.Unreadable,
                $"{response.RequestMessage?.RequestUri}: the answer is no JSON: {e.Message.ReplaceLineEndings(" ")}",
                e
            );
        }
        throw new ApiException(response.StatusCode, ApiException.Unreadable, $"{response.RequestMessage?.RequestUri}: the answer is no object");
    }
}
