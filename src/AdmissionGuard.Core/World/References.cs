using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.World;

/// <summary>What an object mentions, each once. What has the wrong type mentions nothing.</summary>
internal static class References
{
    /// <summary>
    /// Of one object. One within the default limits of size has fewer; what is more takes memory from all others, for an object that is denied.
    /// </summary>
    public const int Most = 10_000;

    public static HashSet<Mention> Of(ObjectKey key, Node root, string clusterDomain)
    {
        var found = All(key, root, clusterDomain);
        return found.Count <= Most ? found : [.. found.Take(Most)];
    }

    private static HashSet<Mention> All(ObjectKey key, Node root, string clusterDomain)
    {
        var found = new HashSet<Mention>();
        var spec = root["spec"u8];
        if (key.Kind == ObjectKind.VirtualService)
            OfVirtualService(found, spec, key.Namespace, clusterDomain);
        else if (key.Kind == ObjectKind.DestinationRule)
            OfDestinationRule(found, spec, key.Namespace, clusterDomain);
        else if (key.Kind == ObjectKind.ServiceEntry)
            OfServiceEntry(found, spec);
        else if (key.Kind == ObjectKind.Rollout)
            OfRollout(found, root, key.Namespace);
        else if (key.Kind == ObjectKind.HorizontalPodAutoscaler)
            OfWorkload(found, spec["scaleTargetRef"u8], key.Namespace);
        else if (key.Kind == ObjectKind.Canary)
            found.UnionWith(new CanaryReferences(spec, key.Namespace).All.Select(Mention.Of));
        else if (key.Kind == ObjectKind.HttpRoute)
            OfHttpRoute(found, spec, key.Namespace, clusterDomain);
        else if (key.Kind == ObjectKind.Service)
            OfService(found, key, clusterDomain);
        else if (key.Kind == ObjectKind.ReferenceGrant)
            found.Add(Mention.Grant(key.Namespace));
        else if (key.Kind == ObjectKind.TrafficSplit)
            OfTrafficSplit(found, spec, key.Namespace, clusterDomain);
        else if (AnalysisSpec.IsTemplate(key.Kind))
            OfTemplate(found, spec, key.Namespace);
        return found;
    }

    /// <summary>
    /// Those of <see cref="Of(ObjectKey, Node, string)"/> that mention in one way, and perhaps others: of a VirtualService, all addresses of all its
    /// routes cost many times what its hosts do.
    /// </summary>
    public static HashSet<Mention> Of(ObjectKey key, Node root, string clusterDomain, Mentioned how)
    {
        if (key.Kind != ObjectKind.VirtualService || how is not (Mentioned.HostClaimed or Mentioned.Object))
            return Of(key, root, clusterDomain);
        var found = new HashSet<Mention>();
        if (how == Mentioned.HostClaimed)
            ClaimHosts(found, root["spec"u8], key.Namespace, clusterDomain);
        else
            NameDelegates(found, root["spec"u8], key.Namespace);
        return found;
    }

    private static void ClaimHosts(HashSet<Mention> found, Node spec, string @namespace, string clusterDomain)
    {
        foreach (var host in spec["hosts"u8].Items)
        {
            if (host.Text is { Length: > 0 } text)
                found.Add(Mention.Claim(MeshHost.OfRequests(text, @namespace, clusterDomain)));
        }
    }

    private static void NameDelegates(HashSet<Mention> found, Node spec, string @namespace)
    {
        foreach (var route in spec["http"u8].Items)
        {
            if (DelegateReference.Of(route, @namespace) is { } target)
                found.Add(Mention.Of(target));
        }
    }

    private static void OfVirtualService(HashSet<Mention> found, Node spec, string @namespace, string clusterDomain)
    {
        ClaimHosts(found, spec, @namespace, clusterDomain);
        NameDelegates(found, spec, @namespace);
        foreach (var item in spec["http"u8].Items)
        {
            var route = item;
            OfRoute(found, route, @namespace, clusterDomain);
            Address(found, route["mirror"u8], @namespace, clusterDomain);
            foreach (var mirror in route["mirrors"u8].Items)
                Address(found, mirror["destination"u8], @namespace, clusterDomain);
        }
        foreach (var item in spec["tls"u8].Items)
            OfRoute(found, item, @namespace, clusterDomain);
        foreach (var item in spec["tcp"u8].Items)
            OfRoute(found, item, @namespace, clusterDomain);
    }

    private static void OfDestinationRule(HashSet<Mention> found, Node spec, string @namespace, string clusterDomain)
    {
        if (spec["host"u8].Text is not { Length: > 0 } text)
            return;
        var host = MeshHost.Qualify(text, @namespace, clusterDomain);
        found.Add(Mention.Claim(host));
        foreach (var pattern in MeshHost.Covering(host))
        {
            if (pattern != host)
                found.Add(Mention.ClaimUnder(pattern));
        }
    }

    /// <summary>The wildcards by which others mean it with all of its namespace, or with all services.</summary>
    private static void OfService(HashSet<Mention> found, ObjectKey key, string clusterDomain)
    {
        found.Add(Mention.ClaimUnder($"*.{key.Namespace}.svc.{clusterDomain}"));
        found.Add(Mention.ClaimUnder($"*.svc.{clusterDomain}"));
    }

    private static void OfRollout(HashSet<Mention> found, Node root, string @namespace)
    {
        found.UnionWith(new RolloutReferences(root, @namespace).All.Select(r => Mention.Of(r.Key)));
        found.UnionWith(SplitRouting.Of(root, @namespace).Select(Mention.Of));
        OfWorkload(found, root["spec"u8]["workloadRef"u8], @namespace);
    }

    private static void OfWorkload(HashSet<Mention> found, Node reference, string @namespace)
    {
        if (Workload.Named(reference, @namespace) is { } key)
            found.Add(Mention.Of(key));
    }

    private static void OfHttpRoute(HashSet<Mention> found, Node spec, string @namespace, string clusterDomain)
    {
        foreach (var parent in HttpRouteParents.Of(spec, @namespace, clusterDomain))
            ClaimParent(found, parent, spec["hostnames"u8]);
        foreach (var rule in spec["rules"u8].Items)
        {
            foreach (var item in rule["backendRefs"u8].Items)
            {
                if (BackendHost.Of(item, @namespace, clusterDomain) is { } host)
                    found.Add(Mention.Address(host));
            }
        }
    }

    /// <summary>At a Gateway each hostname is a claim of its own too: many routes share a Gateway, few a hostname.</summary>
    private static void ClaimParent(HashSet<Mention> found, string parent, Node hostnames)
    {
        found.Add(Mention.Claim(parent));
        if (!HttpRouteParents.IsGateway(parent))
            return;
        if (hostnames.Count == 0)
            found.UnionWith([Mention.Claim($"{parent} *"), Mention.Claim($"{HttpRouteParents.Gateway}*")]);
        foreach (var host in hostnames.Items)
        {
            if (host.Text is { } text)
                found.UnionWith([Mention.Claim($"{parent} {text}"), Mention.Claim($"{HttpRouteParents.Gateway}{text}")]);
        }
    }

    /// <summary>It splits what is sent to its root service.</summary>
    private static void OfTrafficSplit(HashSet<Mention> found, Node spec, string @namespace, string clusterDomain)
    {
        Claim(found, spec["service"u8], @namespace, clusterDomain);
        foreach (var item in spec["backends"u8].Items)
        {
            if (item["service"u8].Text is { Length: > 0 } service)
                found.Add(Mention.Address(MeshHost.Qualify(service, @namespace, clusterDomain)));
        }
    }

    /// <summary>
    /// The templates that it takes in. A template of the cluster takes a namespaced one from wherever the Rollout is, which nobody knows here.
    /// </summary>
    private static void OfTemplate(HashSet<Mention> found, Node spec, string @namespace)
    {
        foreach (var key in new AnalysisSpec(spec, new Reader()).Templates(@namespace))
        {
            if (!key.Kind.IsNamespaced || @namespace.Length > 0)
                found.Add(Mention.Of(key));
        }
    }

    private static void OfRoute(HashSet<Mention> found, Node route, string @namespace, string clusterDomain)
    {
        foreach (var item in route["route"u8].Items)
            Address(found, item["destination"u8], @namespace, clusterDomain);
    }

    /// <summary>Its hosts are taken as they are: a ServiceEntry says what a host is, so nothing is added.</summary>
    private static void OfServiceEntry(HashSet<Mention> found, Node spec)
    {
        foreach (var item in spec["hosts"u8].Items)
        {
            if (item.Text is { Length: > 0 } host)
                found.Add(Mention.Claim(host));
        }
    }

    private static void Claim(HashSet<Mention> found, Node host, string @namespace, string clusterDomain)
    {
        if (host.Text is { Length: > 0 } text)
            found.Add(Mention.Claim(MeshHost.Qualify(text, @namespace, clusterDomain)));
    }

    private static void Address(HashSet<Mention> found, Node destination, string @namespace, string clusterDomain)
    {
        if (destination["host"u8].Text is not { Length: > 0 } text)
            return;
        var host = MeshHost.Qualify(text, @namespace, clusterDomain);
        found.Add(Mention.Address(host));
        if (destination["subset"u8].Text is { Length: > 0 } subset)
            found.Add(Mention.Address(host, subset));
    }
}
