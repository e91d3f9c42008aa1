using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// The part of <see cref="RefusedLoadBalancer"/> that is about regions and zones (pkg/config/validation/agent/validation.go,
/// ValidateLocalityLbSetting).
/// </summary>
internal static class RefusedLocalities
{
    public static void Distribute(Node list, Refusals to)
    {
        var sources = new List<(Node At, string Locality)>();
        foreach (var item in to.Read.Items(list))
        {
            var from = item["from"u8];
            sources.Add((from.Exists ? from : item, to.Read.Text(from) ?? ""));
            var targets = new List<(Node At, string Locality)>();
            long sum = 0;
            foreach (var entry in to.Read.Map(item["to"u8]).Entries)
            {
                var weight = entry.Value;
                if (!weight.Exists)
                    continue;
                if (to.Read.Integer(weight) is not { } share)
                    return;
                if (share is < 1 or > 100)
                {
                    to.Add(
                        weight,
                        $"distribute {Refusals.Word(entry.Name)}",
                        $"the weight of {Refusals.Word(entry.Name)} is {share}, 1 to 100 is allowed"
                    );
                    return;
                }
                sum += share;
                targets.Add((weight, entry.Name));
            }
            if (sum != 100)
            {
                to.Add(Place.Of(item, "to"), $"distribute from {sources[^1].Locality}", $"the weights of distribute add up to {sum}, 100 is needed");
                return;
            }
            Localities(targets, to);
        }
        Localities(sources, to);
    }

    /// <summary>None empty, wildcards at the end, and none within another.</summary>
    private static void Localities(List<(Node At, string Locality)> list, Refusals to)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var (at, text) = list[i];
            var shown = Refusals.Word(text);
            var star = text.IndexOf('*', StringComparison.Ordinal);
            if (star >= 0 && star != text.Length - 1)
                to.Add(at, $"locality {shown}", $"the locality {shown} has a wildcard, one is allowed at the end");
            else if (text.Split('/', 3).Contains(""))
                to.Add(at, $"locality {shown}", $"the locality {shown} has an empty part, region, region/zone or region/zone/subzone is expected");
            else if (list.Take(i).FirstOrDefault(l => Overlap(l.Locality, text)).Locality is { } other)
                to.Add(
                    at,
                    $"locality {shown}",
                    $"the locality {shown} overlaps with {Refusals.Word(other)} of the same list, each place may be there once"
                );
            else
                continue;
            return;
        }
    }

    /// <summary>Equal as far as the shorter goes; a part that is a wildcard covers every other, but a region apart only from after it.</summary>
    private static bool Overlap(string earlier, string later)
    {
        if (earlier == "*")
            return true;
        var a = earlier.Split('/', 3);
        var b = later.Split('/', 3);
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (a[i] != b[i])
                return i > 0 && a[i] == "*";
        }
        return true;
    }

    public static void Failover(Node list, Refusals to)
    {
        foreach (var item in to.Read.Items(list))
        {
            var from = to.Read.Text(item["from"u8]) ?? "";
            var target = to.Read.Text(item["to"u8]) ?? "";
            var shown = $"{Refusals.Word(from)} to {Refusals.Word(target)}";
            if (from == target)
                to.Add(item, $"failover {shown}", $"failover leads from {shown}, another region is needed");
            else if (from.Contains('/', StringComparison.Ordinal) || target.Contains('/', StringComparison.Ordinal))
                to.Add(item, $"failover {shown}", $"failover leads from {shown}, regions without zones are allowed");
            else if (from.Contains('*', StringComparison.Ordinal) || target.Contains('*', StringComparison.Ordinal))
                to.Add(item, $"failover {shown}", $"failover leads from {shown}, wildcards are not allowed");
        }
    }
}
