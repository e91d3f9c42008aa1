using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>What is said of a route that takes the retries of the mesh. See docs/facts/istio.md#mesh-config.</summary>
internal static class MeshRetries
{
    /// <summary>A fault of the mesh's retries, reported at the route that has them. The author of the route did not choose them: a warning.</summary>
    public static Finding Inherited(VirtualServiceRoute route, Finding fault) =>
        fault with
        {
            At = Place.Of(route.Node, "retries"),
            Key = $"{fault.Key} of the mesh",
            Message = $"{route.Title} has no retries of its own and takes meshConfig.defaultHttpRetryPolicy: {fault.Message}",
            Remedy = $"retries:\n  attempts: 2\n  retryOn: {RetryPolicy.DefaultRetryOn}",
            Edit = null,
            AtMost = GuardAction.Warn,
        };
}
