using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using k8s.Models;

namespace AdmissionGuard.Kubernetes;

/// <summary>All objects of a list, and the version of the world that they show.</summary>
internal sealed record Listing(IReadOnlyList<Node> Items, string ResourceVersion);

/// <summary>What a leader does while it leads.</summary>
/// <param name="isLeading">Also false in a process that slept through its deadline, before it has noticed.</param>
/// <param name="lost">Ends when the lease is lost; the leader must then return at once.</param>
internal delegate Task Leading(Func<bool> isLeading, CancellationToken lost);

/// <summary>
/// The API server, and all that we ask of it. Kinds that are built in are the library's types; the others are raw JSON, and come back without
/// managedFields. Every failure is an <see cref="ApiException"/>; only the caller's own stop is a cancellation.
/// </summary>
internal interface IApiServer : IDisposable
{
    Uri Server { get; }

    /// <summary>Whether the resource is there; false where its CustomResourceDefinition, or this version of it, is not.</summary>
    Task<bool> Serves(Resource resource, CancellationToken stop);

    /// <summary>The object, or a node that does not exist.</summary>
    Task<Node> Get(Resource resource, string? ns, string name, CancellationToken stop);

    /// <summary>All objects, of a namespace or of all, page by page. A page that comes too late for the server (410) begins the list again.</summary>
    /// <param name="keep">What is kept of each, so that a large list needs no more memory than what is kept of it and one page; null keeps
    /// all.</param>
    /// <param name="came">Told after each page how many there are so far.</param>
    Task<Listing> List(
        Resource resource,
        CancellationToken stop,
        string? ns = null,
        string? labelSelector = null,
        int pageSize = ApiLimits.PageSize,
        Func<Node, Node>? keep = null,
        Action<int>? came = null
    );

    /// <summary>Lists a resource, then watches it until told to stop. What <paramref name="tell"/> throws ends it.</summary>
    /// <param name="versions">Of the same resource, tried in this order where the first is not served.</param>
    /// <param name="tell">Called one change after another.</param>
    /// <param name="state">Called when it changes how far the watch can be trusted, before the change that says so.</param>
    Task Follow(IReadOnlyList<Resource> versions, Action<Change> tell, Action<WatchState> state, CancellationToken stop);

    /// <summary>RFC 7386. A resourceVersion in the patch must be the stored one, else a conflict.</summary>
    Task<Node> Merge(Resource resource, string? ns, string name, ReadOnlyMemory<byte> patch, CancellationToken stop, string? subresource = null);

    /// <summary>
    /// Server-side apply: creates the object or makes these fields ours, taking them from others where <paramref name="force"/>; <c>status</c> as
    /// subresource.
    /// </summary>
    Task<Node> Apply(
        Resource resource,
        string? ns,
        string name,
        ReadOnlyMemory<byte> body,
        CancellationToken stop,
        string? subresource = null,
        string fieldManager = ApiServer.FieldManager,
        bool force = true
    );

    /// <summary>False where it was not there.</summary>
    /// <param name="resourceVersion">Only if this is still the stored one, else a conflict.</param>
    Task<bool> Delete(Resource resource, string? ns, string name, CancellationToken stop, string? resourceVersion = null);

    /// <summary>Whether somebody may do something in all namespaces, by a SubjectAccessReview.</summary>
    /// <param name="subresource">Null for the object itself.</param>
    Task<bool> Allows(Actor who, string verb, Resource resource, string? subresource, CancellationToken stop);

    /// <summary>Null where it is not there.</summary>
    Task<V1Secret?> Secret(ItemName name, CancellationToken stop);

    Task Create(V1Secret secret, CancellationToken stop);

    /// <summary>A merge patch: entries that are null go. A resourceVersion must be the stored one, else a conflict.</summary>
    Task Merge(V1Secret patch, CancellationToken stop);

    Task Create(Corev1Event told, CancellationToken stop);

    /// <summary>Waits for the Lease, leads, and waits again when it was lost, until told to stop; then the Lease is given back.</summary>
    /// <param name="failed">Told why the Lease could not be read or written, in one line.</param>
    Task Lead(ItemName lease, Leading lead, Action<string> failed, CancellationToken stop);
}
