using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>The part of <see cref="RefusedVirtualService"/> that is about destinations: of routes and of mirrors.</summary>
internal static class RefusedDestinations
{
    /// <summary>The destinations of a route, with their weights.</summary>
    public static void Check(Node list, Refusals to)
    {
        long sum = 0;
        foreach (var item in to.Read.Items(list))
        {
            var weighted = to.Read.Map(item);
            One(weighted["destination"u8], to);
            RefusedHeaders.Check(weighted["headers"u8], to);
            if (!weighted["weight"u8].Exists)
                continue;
            if (to.Read.Integer(weighted["weight"u8]) is not { } weight)
                return;
            if (weight < 0)
                to.Add(weighted["weight"u8], "weight", $"the weight is {weight}, 0 or more is allowed", "weight: 0");
            sum += weight;
        }
        if (list.Count > 1 && sum == 0)
        {
            to.Add(
                list,
                "weights",
                $"the weights of {list.Count} destinations add up to 0, an omitted weight is 0: write a weight for each, 100 in all"
            );
        }
    }

    public static void One(Node destination, Refusals to)
    {
        if (!destination.IsObject)
            return;
        var host = destination["host"u8];
        if (to.Read.Text(host) is { } name)
        {
            if (name == "*")
                to.Add(host, "destination *", "the destination is \"*\", the host of one service is needed");
            else if (IstioNames.WrongHost(name) is { } why)
                to.Add(host, $"destination {Refusals.Word(name)}", $"the destination {Refusals.Word(name)} is not a host, {why}");
        }
        Subset(destination["subset"u8], to);
        if (destination["port"u8] is { IsObject: true } port)
        {
            if (port["number"u8].Exists)
                to.Port(port["number"u8], "number");
            else
                to.Add(new Place(port, "number"), "number", "the port of the destination has no number, 1 to 65535 is allowed", "number: 80");
        }
    }

    private static void Subset(Node subset, Refusals to)
    {
        if (to.Read.Text(subset) is { Length: > 0 } name && !IstioNames.IsLabel(name))
            to.Add(subset, $"subset {Refusals.Word(name)}", $"the subset is {Refusals.Word(name)}, a DNS label such as v1 is expected", "subset: v1");
    }

    /// <summary>The mirrors of an http route; the single one is <see cref="One"/>.</summary>
    public static void Mirrors(Node route, Refusals to)
    {
        One(route["mirror"u8], to);
        to.Range(route["mirrorPercent"u8], "mirrorPercent", 0, 100);
        to.Range(route["mirror_percent"u8], "mirror_percent", 0, 100);
        to.Range(route["mirrorPercentage"u8]["value"u8], "mirrorPercentage", 0, 100, "value");
        foreach (var item in to.Read.Items(route["mirrors"u8]))
        {
            One(item["destination"u8], to);
            to.Range(item["percentage"u8]["value"u8], "percentage", 0, 100, "value");
        }
    }
}
