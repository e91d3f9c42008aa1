using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>What holds for a route is written where the route is. See docs/facts/istio.md#delegate-defaults.</summary>
internal static class DelegateDefaults
{
    private static readonly NamesParameter ExemptRoutes = new(
        "exemptRoutes",
        "names of delegating routes whose settings are meant for every delegate; * allowed"
    );

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-delegate-defaults",
        Summary = "A route that hands on to another VirtualService should not set timeouts or retries for it.",
        Why =
            "A timeout or retries of a root's route reach every route of the delegate that sets none (pilot/pkg/model/virtualservice.go, "
            + "mergeVirtualServicesIfNeeded): the owners of the delegate, "
            + "often another team in another namespace, see neither in their own object, and one edit at the root changes all of them at once: "
            + "uploads are cut off, writes are tried again.",
        Remedy = "Write timeout and retries on the delegate's routes.",
        Kinds = [ObjectKind.VirtualService],
        Parameters = [ExemptRoutes],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var route in x.Subject.Routes)
        {
            if (!route.Delegates || route.IsNamedBy(x.Get(ExemptRoutes)))
                continue;
            var target = route.Node["delegate"u8];
            if (x.Read.Text(target["name"u8]) is not { Length: > 0 } name)
                continue;
            var where = x.Read.Text(target["namespace"u8]) is { Length: > 0 } other ? other : x.Subject.Namespace;
            var to = $"{Shown.Clip(where, 63)}/{Shown.Clip(name, 120)}";
            foreach (var setting in (ReadOnlySpan<string>)["timeout", "retries"])
            {
                if (route.Node[setting] is { Exists: true } node)
                    x.Report(Inherited(route, node, setting, to));
            }
        }
    }

    private static Finding Inherited(VirtualServiceRoute route, Node node, string setting, string to)
    {
        var what = node.Text is { } value ? $"{setting} {Shown.Clip(value, 20)}" : setting;
        return new Finding(
            node,
            $"{route.Key} {setting}",
            $"{what} beside a delegate, none is expected here: it reaches every route of VirtualService {to} that sets none, unseen by those "
                + $"who own it"
        )
        {
            Remedy = node.Raw.Length < 500 ? $"# on the routes of {to} that need it:\n{Yaml.Write(setting, node)}" : null,
        };
    }
}
