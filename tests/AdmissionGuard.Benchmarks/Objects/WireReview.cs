using System.Globalization;
using System.Text;

namespace AdmissionGuard.Benchmarks.Objects;

/// <summary>An AdmissionReview as an API server posts it for Argo CD's apply.</summary>
internal static class WireReview
{
    public static byte[] Create(string @object) => Make("CREATE", @object, null);

    public static byte[] Update(string @object, string old) => Make("UPDATE", @object, old);

    private static byte[] Make(string operation, string @object, string? old)
    {
        using var document = System.Text.Json.JsonDocument.Parse(@object);
        var root = document.RootElement;
        var apiVersion = root.GetProperty("apiVersion").GetString()!.Split('/');
        var (group, version) = (apiVersion[0], apiVersion[1]);
        var kind = root.GetProperty("kind").GetString()!;
        var name = root.GetProperty("metadata").GetProperty("name").GetString();
        var plural = kind.ToLowerInvariant() + "s";
        var what = $$$$"""{"group":"{{{{group}}}}","version":"{{{{version}}}}","kind":"{{{{kind}}}}"}""";
        var resource = $$$$"""{"group":"{{{{group}}}}","version":"{{{{version}}}}","resource":"{{{{plural}}}}"}""";
        return Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $$$$"""
                {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1",
                "request":{"uid":"3b0a6f0e-87a5-4a3a-8f4e-2f2b6b4d9c10","kind":{{{{what}}}},
                "resource":{{{{resource}}}},"requestKind":{{{{what}}}},"requestResource":{{{{resource}}}},
                "name":"{{{{name}}}}","namespace":"shop","operation":"{{{{operation}}}}",
                "userInfo":{"username":"system:serviceaccount:argocd:argocd-application-controller",
                "uid":"f0c1b7f8-2f9a-4d0e-9b76-8a5a4ad3f0a2","groups":["system:serviceaccounts",
                "system:serviceaccounts:argocd","system:authenticated"]},"object":{{{{@object}}}},"oldObject":{{{{old
                    ?? "null"}}}},"dryRun":false,"options":{"kind":"PatchOptions","apiVersion":"meta.k8s.io/v1","fieldManager":"argocd-controller"}}}
                """
            )
        );
    }
}
