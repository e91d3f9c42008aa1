using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.Traffic;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Core.Rules.VirtualService;

/// <summary>
/// The VirtualService that a route delegates to must be there, be a delegate, and be exported to it. See docs/facts/istio.md#delegates.
/// </summary>
internal static class Delegate
{
    private const int Shows = 3;

    public static readonly Rule Rule = new()
    {
        Id = "virtual-service-delegate",
        Summary = "A delegate that routes of a VirtualService hand on to must exist, have no hosts, and be exported to their namespace.",
        Why =
            "Istio drops a route without a word whose delegate is missing, has hosts of its own, delegates further, or is not exported to the "
            + "root's namespace "
            + "(pilot/pkg/model/virtualservice.go, mergeVirtualServicesIfNeeded): its users fall to the next route, or get 404.",
        Remedy = "Create the delegate before the route that names it, and remove that route before the delegate.",
        Kinds = [ObjectKind.VirtualService],
        Reads = [ObjectKind.VirtualService, ObjectKind.Service],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        OnDelete = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        OfDelegate(x);
        if (x.IsDeletion)
            return;
        HashSet<VirtualServiceRoute>? kept = null;
        foreach (var route in x.Subject.Routes)
        {
            if (
                !route.Delegates
                || DelegateReference.Of(route.Node, x.Subject.Namespace) is not { } target
                || DelegateFault.Of(x, route, target) is not { } fault
            )
                continue;
            x.Report(
                new Finding(
                    route.Node["delegate"u8]["name"u8],
                    $"{route.Key} {target.Namespace}/{target.Name}",
                    $"{fault.Text}: Istio drops {route.Title} without a word"
                )
                {
                    Whole = $"{target.Namespace}/{target.Name}",
                    Found = Shown.Value(route.Node["delegate"u8]["name"u8]),
                    Limit = "a VirtualService without hosts that is exported here",
                    RestsOnAbsence = true,
                    AtMost = fault.Most == GuardAction.Deny && !IsKept(route) ? GuardAction.Warn : fault.Most,
                }
            );
        }

        // A new route may be there before its delegate.
        bool IsKept(VirtualServiceRoute route) =>
            x.Old is null
            || (kept ??= [.. RoutePairs.Of(x.Old.Routes, x.Subject.Routes).Select(p => p.New).OfType<VirtualServiceRoute>()]).Contains(route);
    }

    private static void OfDelegate(Inspection x)
    {
        foreach (var (key, root) in x.World.ReferrersOf(x.Key, ObjectKind.VirtualService).Where(r => r.Key != x.Key).Take(Shows))
        {
            var why = DelegateFault.WhyNot(x.Subject.Root, x.Key, key.Namespace);
            if (why is null != x.IsDeletion)
                continue; // what was no delegate is no loss
            why ??= "goes";
            x.Report(
                new Finding(
                    At(x, why),
                    $"root {key.Namespace}/{key.Name}",
                    $"{why}, but {TitleOf(root, x.Key, key.Namespace)} of {key.TitleIn(x.Subject.Namespace)} hands on to it: Istio drops that "
                        + $"route without a word"
                )
                {
                    Limit = "a VirtualService without hosts that is exported to its roots",
                    RestsOnAbsence = true,
                }
            );
        }
    }

    private static Place At(Inspection x, string why)
    {
        if (x.IsDeletion)
            return x.Subject.Root["metadata"u8];
        if (why.StartsWith("has hosts", StringComparison.Ordinal))
            return x.Spec["hosts"u8];
        if (why.StartsWith("is not", StringComparison.Ordinal))
            return x.Spec["exportTo"u8];
        return x.Spec["http"u8];
    }

    private static string TitleOf(Node root, ObjectKey target, string @namespace)
    {
        foreach (var route in VirtualServiceRoute.Of(root["spec"u8], new Reader()))
        {
            if (DelegateReference.Of(route.Node, @namespace) == target)
                return route.Title;
        }
        return "a route";
    }
}
