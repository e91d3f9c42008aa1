using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>A Canary says itself who routes its traffic. See docs/facts/flagger.md#provider.</summary>
internal static class Provider
{
    public static readonly Rule Rule = new()
    {
        Id = "canary-provider",
        Summary = "A Canary should name its provider.",
        Why =
            "Without one the controller's -mesh-provider flag decides, for every Canary of the cluster and without a trace in the manifest: a "
            + "change of the flag moves the traffic of all of them to another router, "
            + "and one that it does not know is taken for Istio (flagger pkg/router/factory.go).",
        Remedy = "Set spec.provider.",
        Kinds = [ObjectKind.Canary],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var provider = x.Spec["provider"u8];
        if (provider.Exists && provider.Text is not "")
            return;
        x.Report(
            new Finding(Place.Of(x.Spec, "provider"), "provider", "no provider, one is advised: the controller's flag decides who routes the traffic")
            {
                Remedy = "provider: istio   # or what routes your traffic",
            }
        );
    }
}
