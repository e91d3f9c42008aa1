using System.Text.Json.Nodes;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>
/// The routes and policies that Flagger makes of a Canary, field by field as its routers do (docs/facts/flagger.md#generated-objects; flagger
/// pkg/router/istio.go and gateway_api.go). What keeps Flagger from making them makes none.
/// </summary>
internal static class MadeObjects
{
    /// <summary>None for a router whose objects no rule judges, nor where the Canary is never taken.</summary>
    /// <param name="canary">Its metadata and spec.</param>
    public static IReadOnlyList<MadeObject> Of(Node canary, ObjectKey key)
    {
        var spec = canary["spec"u8];
        var analysis = new CanaryAnalysis(spec, new Reader());
        var wrong = Uninitialized.Of(analysis).ToList();
        if (
            new CanaryReferences(spec, key.Namespace).Apex is not { } apex
            || !spec["service"u8].IsObject
            || !wrong.TrueForAll(Uninitialized.IsOfDelegation)
        )
            return [];
        if (analysis.Router.IsGatewayApi)
            return [Made(ObjectKind.HttpRoute, "v1", key.Namespace, apex, MadeHttpRoute.Of(analysis, apex), spec)];
        return analysis.Router.IsIstio ? OfIstio(analysis, key, apex, hasRoute: wrong.Count == 0) : [];
    }

    private static List<MadeObject> OfIstio(CanaryAnalysis analysis, ObjectKey key, string apex, bool hasRoute)
    {
        var spec = analysis.Spec;
        List<MadeObject> made =
        [
            Made(ObjectKind.DestinationRule, "v1beta1", key.Namespace, $"{apex}-primary", Policy(spec, $"{apex}-primary"), spec),
            Made(ObjectKind.DestinationRule, "v1beta1", key.Namespace, $"{apex}-canary", Policy(spec, $"{apex}-canary"), spec) with
            {
                IsTwin = true,
            },
        ];
        if (hasRoute)
            made.Add(Made(ObjectKind.VirtualService, "v1beta1", key.Namespace, apex, MadeVirtualService.Of(analysis, apex), spec));
        return made;
    }

    private static (JsonObject Spec, IReadOnlyList<Origin> Origins) Policy(Node spec, string host)
    {
        var made = new JsonObject { ["host"] = host };
        if (GoFields.Copy(spec["service"u8]["trafficPolicy"u8], "trafficPolicy") is { } policy)
            made["trafficPolicy"] = policy;
        return (made, [new Origin("/spec/trafficPolicy", "/spec/service/trafficPolicy")]);
    }

    private static MadeObject Made(
        ObjectKind kind,
        string version,
        string @namespace,
        string name,
        (JsonObject Spec, IReadOnlyList<Origin> Origins) made,
        Node spec
    )
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = @namespace };
        if (kind != ObjectKind.DestinationRule)
        {
            var apex = spec["service"u8]["apex"u8];
            if (apex.IsObject)
                metadata["labels"] = Labels(apex["labels"u8], name);
            var annotations = new JsonObject();
            foreach (var entry in apex["annotations"u8].Entries)
                annotations[entry.Name] = JsonNode.Parse(entry.Value.Raw);
            annotations["kustomize.toolkit.fluxcd.io/reconcile"] = "disabled";
            annotations["helm.toolkit.fluxcd.io/driftDetection"] = "disabled";
            metadata["annotations"] = annotations;
        }
        var root = new JsonObject
        {
            ["apiVersion"] = $"{kind.Group}/{version}",
            ["kind"] = kind.Name,
            ["metadata"] = metadata,
            ["spec"] = made.Spec,
        };
        return new MadeObject(
            new ObjectKey(kind, @namespace, name),
            Node.Parse(root.ToJsonString()),
            [new Origin("/metadata/labels", "/spec/service/apex/labels"), .. made.Origins]
        );
    }

    /// <summary>The apex Service gets its own name as a label first, in the same map (flagger pkg/router/kubernetes_default.go).</summary>
    private static JsonObject Labels(Node written, string name)
    {
        var labels = new JsonObject();
        foreach (var entry in written.Entries)
            labels[entry.Name] = JsonNode.Parse(entry.Value.Raw);
        labels["app"] = name;
        return labels;
    }
}
