using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>
/// The weights that users feel are those that the Rollout writes, of its own Services. See docs/facts/argo-rollouts.md#weights-by-pods and
/// docs/facts/argo-rollouts.md#sides.
/// </summary>
internal static class Router
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-router",
        Summary =
            "A VirtualService that splits users between a Rollout's Services should be written by the Rollout, and mean the Services of its "
            + "namespace.",
        Why =
            "Without trafficRouting setWeight changes only how many pods there are of each version: the weights of a VirtualService stay as "
            + "somebody wrote them, and the canary gets that share of users from the first pod on. "
            + "With it Argo finds its Services by the first DNS label of a host alone, so that it moves the users of a service of the same name "
            + "elsewhere "
            + "(argo-rollouts rollout/trafficrouting.go; rollout/trafficrouting/istio/istio.go, getHost).",
        Remedy = "Name the VirtualService in canary.trafficRouting.istio, and write the hosts of its destinations with the Rollout's namespace.",
        Kinds = [ObjectKind.Rollout],
        Reads = [ObjectKind.VirtualService],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        IsAboutWhatWorks = true,
        Check = Check,
    };

    /// <summary>Of a host that thousands address the first few say enough.</summary>
    private const int MostServices = 20;

    private static void Check(Inspection x)
    {
        var canary = x.Spec["strategy"u8]["canary"u8];
        var sides = new RolloutSides(x.Subject.Root, x.Key.Namespace);
        if (!canary.IsObject || sides.StableService is not { Length: > 0 } stable || sides.CanaryService is not { Length: > 0 } trial)
            return;
        if (!canary["trafficRouting"u8].Exists)
            Unrouted(x, canary, stable, trial);
        else if (!sides.BySubset)
            Elsewhere(x, canary, sides);
    }

    private static void Unrouted(Inspection x, Node canary, string stable, string trial)
    {
        var hosts = (Stable: Qualified(x, stable, x.Key.Namespace), Trial: Qualified(x, trial, x.Key.Namespace));
        foreach (var (key, root) in x.World.Addressing(hosts.Trial, ObjectKind.VirtualService).Take(MostServices))
        {
            if (SplitIn(x, key, root, hosts) is not { } route)
                continue;
            var remedy =
                $"trafficRouting:\n  istio:\n    virtualService:\n      name: "
                + $"{Shown.Clip(key.Name, 100)}{(key.Namespace == x.Key.Namespace ? "" : "." + key.Namespace)}";
            x.Report(
                new Finding(
                    Place.Of(canary, "trafficRouting"),
                    $"{key.Namespace}/{key.Name}",
                    $"{route.Title} of {key.TitleIn(x.Key.Namespace)} splits users between {Shown.Clip(stable, 63)} and "
                        + $"{Shown.Clip(trial, 63)}, and the Rollout does not write it: setWeight changes the number of pods, not these weights"
                )
                {
                    Remedy = route.Name is { } name ? $"{remedy}\n      routes: [{Shown.Quote(Shown.Clip(name, 60))}]" : remedy,
                }
            );
        }
    }

    /// <summary>The first route that gives users to both.</summary>
    private static VirtualServiceRoute? SplitIn(Inspection x, ObjectKey key, Node root, (string Stable, string Trial) hosts)
    {
        var read = new Reader();
        foreach (var route in VirtualServiceRoute.Of(read.Map(root["spec"u8]), read))
        {
            var stable = false;
            var trial = false;
            foreach (var item in route.Node["route"u8].Items)
            {
                if (item["destination"u8]["host"u8].Text is not { } text)
                    continue;
                var host = Qualified(x, text, key.Namespace);
                stable |= host == hosts.Stable;
                trial |= host == hosts.Trial;
            }
            if (stable && trial)
                return route;
        }
        return null;
    }

    private static void Elsewhere(Inspection x, Node canary, RolloutSides sides)
    {
        var routing = new IstioRouting(x.Subject.Root, x.Key.Namespace);
        var managed = routing.ManagedRoutes;
        var told = new HashSet<(string, string)>();
        foreach (var (key, names, at) in routing.Targets.Take(MostServices))
        {
            var root = x.World.Find(key);
            if (!root.Exists)
                continue;
            foreach (var item in RouteTable.Of(root).WrittenBy(at, names, managed).Routes.SelectMany(r => r.Node["route"u8].Items))
            {
                var written = item["destination"u8]["host"u8].Text ?? "";
                var (service, domain) = MeshHost.Split(Qualified(x, written, key.Namespace));
                if ((service != sides.StableService && service != sides.CanaryService) || domain.Length == 0)
                    continue;
                if (domain.Split('.')[1] == x.Key.Namespace || !told.Add((service, domain)))
                    continue;
                var field = service == sides.CanaryService ? "canaryService" : "stableService";
                x.Report(
                    new Finding(
                        canary[field].Exists ? canary[field] : at["name"u8],
                        $"{key.Namespace}/{key.Name} {written}",
                        $"{key.TitleIn(x.Key.Namespace)} sends users to {Shown.Quote(Shown.Clip(service + domain, 120))}, the Rollout's "
                            + $"{Shown.Clip(service, 63)} is in {x.Key.Namespace}: Argo compares the first label alone and "
                            + $"moves the users of another service"
                    )
                );
            }
        }
    }

    private static string Qualified(Inspection x, string host, string @namespace) => MeshHost.Qualify(host, @namespace, x.Settings.ClusterDomain);
}
