using System.Globalization;
using System.Net.Http.Headers;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using k8s;
using k8s.Models;

namespace AdmissionGuard.Kubernetes;

/// <summary>See <see cref="IApiServer"/>. Typed calls are the library's; lists and watches are ours, over its HttpClient.</summary>
internal sealed class ApiServer(Connection connection, TimeProvider time) : IApiServer
{
    /// <summary>Who owns the fields that we apply.</summary>
    public const string FieldManager = "admissionguard";

    private readonly ApiClient client = new(connection, time);

    public Uri Server => client.Server;

    /// <summary>How often a resource that is not served is looked for.</summary>
    public TimeSpan LookAgain { get; init; } = ApiLimits.LookAgain;

    /// <summary>Of the pod that we run in.</summary>
    /// <exception cref="InputException">This is no pod, or it has no account.</exception>
    public static ApiServer InCluster(TimeProvider time) => new(Kubernetes.InCluster.Connect(), time);

    /// <param name="path">Null for what KUBECONFIG names, else ~/.kube/config.</param>
    /// <param name="context">Null for the current one.</param>
    /// <exception cref="InputException">One line that names the file and what is missing.</exception>
    public static ApiServer Of(string? path, string? context, TimeProvider time) =>
        new(Kubeconfig.Connect(path, context, Environment.GetEnvironmentVariable, time), time);

    public void Dispose() => client.Dispose();

    /// <summary>The version that the server says it is, such as v1.36.2.</summary>
    public async Task<string> Version(CancellationToken stop) => (await client.Typed(c => c.Version.GetCodeAsync(stop))).GitVersion;

    public async Task<bool> Serves(Resource resource, CancellationToken stop)
    {
        try
        {
            var served = await client.Read(HttpMethod.Get, resource.Root, stop);
            return served["resources"u8].Items.Any(r => r["name"u8].Text == resource.Plural);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    public async Task<Node> Get(Resource resource, string? ns, string name, CancellationToken stop)
    {
        try
        {
            return Slim.Of(await client.Read(HttpMethod.Get, resource.Path(ns, name), stop));
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return default;
        }
    }

    public Task<Listing> List(
        Resource resource,
        CancellationToken stop,
        string? ns = null,
        string? labelSelector = null,
        int pageSize = ApiLimits.PageSize,
        Func<Node, Node>? keep = null,
        Action<int>? came = null
    ) => Again(size => new Pages(client, resource, ns, labelSelector).Read(size, keep, came, stop), pageSize);

    /// <summary>The list's resourceVersion, when each object was told, page by page; one again where the list had to begin anew.</summary>
    public Task<string> ListEach(Resource resource, Action<Node> tell, CancellationToken stop) =>
        Again(size => new Pages(client, resource, ns: null, labelSelector: null).Each(size, tell, came: null, stop), ApiLimits.PageSize);

    private static async Task<T> Again<T>(Func<int, Task<T>> read, int pageSize)
    {
        for (var restarts = 0; ; restarts++)
        {
            try
            {
                return await read(pageSize);
            }
            catch (ApiException e) when (e.IsGone && restarts < ApiLimits.Restarts)
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
    public async Task<WatchStream> Watch(Resource resource, string resourceVersion, TimeSpan lasting, CancellationToken stop, string? ns = null)
    {
        var seconds = ((int)lasting.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var from = Uri.EscapeDataString(resourceVersion);
        var path = $"{resource.Path(ns)}?watch=true&allowWatchBookmarks=true&resourceVersion={from}&timeoutSeconds={seconds}";
        var response = await client.Send(HttpMethod.Get, path, stop);
        return new WatchStream(response, $"{Server}: watch of {resource}", lasting + ApiLimits.Answer, time);
    }

    public Task Follow(IReadOnlyList<Resource> versions, Action<Change> tell, Action<WatchState> state, CancellationToken stop) =>
        new Watcher(this, versions, tell, time, Random.Shared.NextDouble) { LookAgain = LookAgain, Stated = state }.Run(stop);

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

    public Task<Node> Merge(
        Resource resource,
        string? ns,
        string name,
        ReadOnlyMemory<byte> patch,
        CancellationToken stop,
        string? subresource = null
    ) => Write(HttpMethod.Patch, $"{resource.Path(ns, name, subresource)}?fieldManager={FieldManager}", patch, "application/merge-patch+json", stop);

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

    public async Task<bool> Delete(Resource resource, string? ns, string name, CancellationToken stop, string? resourceVersion = null)
    {
        var options = new V1DeleteOptions
        {
            ApiVersion = "v1",
            Kind = "DeleteOptions",
            PropagationPolicy = "Background",
            Preconditions = resourceVersion is null ? null : new V1Preconditions { ResourceVersion = resourceVersion },
        };
        var body = new StringContent(KubernetesJson.Serialize(options), new MediaTypeHeaderValue("application/json"));
        try
        {
            await client.Read(HttpMethod.Delete, resource.Path(ns, name), stop, body);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    public Task<bool> Allows(Actor who, string verb, Resource resource, string? subresource, CancellationToken stop) =>
        AccessQuestion.Ask(client, who, verb, resource, subresource, stop);

    public Task<V1Secret?> Secret(ItemName name, CancellationToken stop) =>
        OrNull(c => c.CoreV1.ReadNamespacedSecretAsync(name.Name, name.Namespace, cancellationToken: stop));

    public Task Create(V1Secret secret, CancellationToken stop) =>
        client.Typed(c =>
            c.CoreV1.CreateNamespacedSecretAsync(secret, secret.Metadata.NamespaceProperty, fieldManager: FieldManager, cancellationToken: stop)
        );

    public Task Merge(V1Secret patch, CancellationToken stop) =>
        client.Typed(c =>
            c.CoreV1.PatchNamespacedSecretAsync(
                MergePatch(patch),
                patch.Metadata.Name,
                patch.Metadata.NamespaceProperty,
                fieldManager: FieldManager,
                cancellationToken: stop
            )
        );

    public Task Create(Corev1Event told, CancellationToken stop) =>
        client.Typed(c =>
            c.CoreV1.CreateNamespacedEventAsync(told, told.Metadata.NamespaceProperty, fieldManager: FieldManager, cancellationToken: stop)
        );

    public Task Lead(ItemName lease, Leading lead, Action<string> failed, CancellationToken stop)
    {
        // a pod's name, and a part by chance: two containers, or two processes on a machine, are two
        var holder = new Lease(this, lease, $"{Environment.MachineName}_{Guid.NewGuid():N}", time, Random.Shared.NextDouble);
        return holder.Run(lost => lead(() => holder.IsLeading, lost), failed, stop);
    }

    /// <summary>Null where it is not there.</summary>
    public Task<V1Lease?> Lease(ItemName name, CancellationToken stop) =>
        OrNull(c => c.CoordinationV1.ReadNamespacedLeaseAsync(name.Name, name.Namespace, cancellationToken: stop));

    public Task<V1Lease> Create(V1Lease lease, CancellationToken stop) =>
        client.Typed(c =>
            c.CoordinationV1.CreateNamespacedLeaseAsync(lease, lease.Metadata.NamespaceProperty, fieldManager: FieldManager, cancellationToken: stop)
        );

    /// <summary>A merge patch: what others wrote stays. A resourceVersion must be the stored one, else a conflict.</summary>
    public Task<V1Lease> Merge(V1Lease patch, CancellationToken stop) =>
        client.Typed(c =>
            c.CoordinationV1.PatchNamespacedLeaseAsync(
                MergePatch(patch),
                patch.Metadata.Name,
                patch.Metadata.NamespaceProperty,
                fieldManager: FieldManager,
                cancellationToken: stop
            )
        );

    /// <summary>The edition for Native AOT takes a patch as text alone.</summary>
    private static V1Patch MergePatch(object patch) => new(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch);

    private async Task<T?> OrNull<T>(Func<k8s.Kubernetes, Task<T>> call)
        where T : class
    {
        try
        {
            return await client.Typed(call);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    private async Task<Node> Write(HttpMethod method, string path, ReadOnlyMemory<byte> body, string type, CancellationToken stop)
    {
        var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        return Slim.Of(await client.Read(method, path, stop, content));
    }
}
