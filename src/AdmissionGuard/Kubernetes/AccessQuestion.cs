using AdmissionGuard.Core.Terms;
using k8s;
using k8s.Models;

namespace AdmissionGuard.Kubernetes;

/// <summary>A SubjectAccessReview over all namespaces.</summary>
internal static class AccessQuestion
{
    public static async Task<bool> Ask(ApiClient client, Actor who, string verb, Resource resource, string? subresource, CancellationToken stop)
    {
        var asked = new V1SubjectAccessReview
        {
            ApiVersion = $"{ApiGroups.AuthorizationReviews}/v1",
            Kind = "SubjectAccessReview",
            Spec = new V1SubjectAccessReviewSpec
            {
                User = who.User,
                Groups = [.. who.Groups],
                ResourceAttributes = new V1ResourceAttributes
                {
                    Verb = verb,
                    Group = resource.Group,
                    Resource = resource.Plural,
                    Subresource = subresource,
                },
            },
        };
        var answer = await client.Typed(c => c.AuthorizationV1.CreateSubjectAccessReviewAsync(asked, cancellationToken: stop));
        return answer.Status?.Allowed == true;
    }
}
