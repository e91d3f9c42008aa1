using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.ServiceEntry;

/// <summary>A wildcard of the internet is let out for those who asked for it. See docs/facts/istio.md#service-entry-export.</summary>
internal static class Visibility
{
    public static readonly Rule Rule = new()
    {
        Id = "service-entry-visibility",
        Summary = "A ServiceEntry for a wildcard outside of the mesh should say to which namespaces it is exported.",
        Why =
            "Without exportTo every sidecar of the mesh gets it: one team's access to a whole domain is everybody's, "
            + "and its ports and resolution are how all of them reach it (Istio API, networking/v1alpha3/service_entry.proto).",
        Remedy = "Set exportTo to the namespaces whose callers need it, \".\" for its own; or \"*\", to say that everybody is meant.",
        Kinds = [ObjectKind.ServiceEntry],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var location = x.Spec["location"u8];
        if (x.Spec["exportTo"u8].Exists || (location.Exists && !location.IsText("MESH_EXTERNAL"u8)))
            return;
        foreach (var item in x.Read.Items(x.Spec["hosts"u8]))
        {
            if (x.Read.Text(item) is not { } host || !MeshHost.IsWildcard(host))
                continue;
            x.Report(
                new Finding(
                    new Place(x.Spec, "exportTo"),
                    "exportTo",
                    $"exportTo is not set for {Shown.Quote(Shown.Clip(host, 100))}, a list of namespaces is advised: every namespace's "
                        + $"callers may leave by it"
                )
                {
                    Found = "every namespace",
                    Limit = "some namespaces",
                    Excess = 1,
                    Remedy = "exportTo: [\".\"]",
                }
            );
            return;
        }
    }
}
