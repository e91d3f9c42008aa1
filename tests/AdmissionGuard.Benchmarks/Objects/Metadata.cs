using System.Globalization;

namespace AdmissionGuard.Benchmarks.Objects;

/// <summary>What an API server adds to whatever it stores.</summary>
internal static class Metadata
{
    public static string Of(string name, params ReadOnlySpan<string> fields)
    {
        var managed = string.Join(',', fields.ToArray().Select(f => $"\"{f}\":{{}}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$$"""
            {"name":"{{{{name}}}}","namespace":"shop","uid":"8c1f0a0e-3a57-4b51-9d3c-0c2a4a1f7b11",
            "resourceVersion":"48213377","generation":12,"creationTimestamp":"2026-03-04T09:12:44Z",
            "labels":{"app.kubernetes.io/name":"{{{{name}}}}","app.kubernetes.io/part-of":"shop","team":"checkout"},
            "annotations":{"argocd.argoproj.io/tracking-id":"shop:networking.istio.io/VirtualService:shop/{{{{name}}}}"},
            "managedFields":[{"manager":"argocd-controller","operation":"Apply","apiVersion":"networking.istio.io/v1",
            "time":"2026-11-20T14:02:31Z","fieldsType":"FieldsV1",
            "fieldsV1":{"f:metadata":{"f:annotations":{"f:argocd.argoproj.io/tracking-id":{}},
            "f:labels":{"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/part-of":{},"f:team":{}}},
            "f:spec":{ {{{{managed}}}}}}}]}
            """
        );
    }
}
