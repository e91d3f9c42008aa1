using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>
/// Where a namespace has several DestinationRules for a host, none may lose a policy or a subset by it. See
/// docs/facts/istio.md#destination-rule-merge.
/// </summary>
internal static class OnePerHost
{
    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-one-per-host",
        Summary = "DestinationRules of one namespace for one host must not take a traffic policy or a subset from each other.",
        Why =
            "Istio merges rules whose exportTo is equal as written: the traffic policy of the oldest is kept and the others' are dropped "
            + "without a word, and so is a subset whose name an older one has (pilot/pkg/model/destination_rule.go, mergeDestinationRule). "
            + "Rules with another exportTo are not merged: the youngest that a client may have hides the others with all their subsets, "
            + "and routes to these answer 503. An absent exportTo is not the same as [\"*\"], and a dot is not the same as the namespace's name.",
        Remedy =
            "Write the traffic policy into the oldest DestinationRule, give every subset a name of its own, and write the same exportTo in "
            + "all of them.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.ServiceEntry, ObjectKind.VirtualService],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    /// <summary>Users of one subset that are looked at: one that loses it is reason enough.</summary>
    private const int MostUsers = 20;

    private static void Check(Inspection x)
    {
        if (x.Read.Text(x.Spec["host"u8]) is not { Length: > 0 } written)
            return;
        var host = MeshHost.Qualify(written, x.Subject.Namespace, x.Settings.ClusterDomain);
        if (!x.World.Claiming(host, ObjectKind.DestinationRule, x.Subject.Namespace).Any(r => r.Key != x.Key))
            return;
        foreach (var loss in RuleLoss.Of([.. HostPolicies.Of(x).CountingOf(host, x.Subject.Namespace)]))
        {
            if ((loss.Loser == x.Key || loss.Winner == x.Key) && IsFault(x, host, loss))
                x.Report(loss.Subset is null ? OfPolicy(x, loss) : OfSubset(x, loss));
        }
    }

    /// <summary>
    /// A policy that counts for other clients is no fault: a rule for its own namespace alone is Istio's way to give these clients another one. A
    /// subset that is not there for some of them is one where a VirtualService sends them to it.
    /// </summary>
    private static bool IsFault(Inspection x, string host, RuleLoss loss) =>
        loss.Subset is { } subset
            ? loss.IsForAllNamed || (!loss.InPlace.Exists && IsUsed(x, host, subset, loss.Clients))
            : loss.IsForAllNamed && !PolicyDefaults.MayBeInjected(loss.Lost);

    private static bool IsUsed(Inspection x, string host, string subset, IReadOnlyList<string?> clients) =>
        x
            .World.Addressing(host, subset, ObjectKind.VirtualService)
            .Take(MostUsers)
            .Select(u => new Attachment(u.Root["spec"u8], u.Key.Namespace))
            .Any(a => clients.Any(a.Serves));

    private static Finding OfPolicy(Inspection x, RuleLoss loss)
    {
        var other = Other(x, loss);
        var has = loss.IsApart ? "another exportTo" : "a trafficPolicy too";
        return new Finding(
            Place.Of(x.Spec, "trafficPolicy"),
            $"policy {other.Name}",
            $"{other.TitleIn(x.Subject.Namespace)} is for the same host and has {has}: {Effect(x, loss, "trafficPolicy")}"
        )
        {
            Limit = "one trafficPolicy for a host in a namespace",
            AtMost = LeavesUnprotected(loss.Lost, loss.InPlace) ? GuardAction.Deny : GuardAction.Warn,
        };
    }

    private static Finding OfSubset(Inspection x, RuleLoss loss)
    {
        var own = x.Spec["subsets"u8].Items.FirstOrDefault(i => i["name"u8].Text == loss.Subset);
        var other = Other(x, loss);
        var name = Shown.Clip(loss.Subset!, 63);
        var title = other.TitleIn(x.Subject.Namespace);
        var message = loss.InPlace.Exists
            ? $"{title} is for the same host and has another subset {name}: {Effect(x, loss, "subset")}"
            : $"{title} is for the same host and has another exportTo: {Effect(x, loss, $"subset {name}")}, and routes to it answer 503";
        return new Finding(own.Exists ? own["name"u8] : x.Spec["host"u8], $"subset {loss.Subset} {other.Name}", message)
        {
            Found = Shown.Value(own["name"u8]),
            Limit = loss.InPlace.Exists ? "a name that no other subset of the host has" : "the same exportTo in both",
        };
    }

    private static ObjectKey Other(Inspection x, RuleLoss loss) => loss.Loser == x.Key ? loss.Winner : loss.Loser;

    private static string Effect(Inspection x, RuleLoss loss, string what)
    {
        var isMine = loss.Loser == x.Key;
        var isKnown = CreationOrder.IsKnown(x.Subject.Root, x.World.Find(Other(x, loss)));
        if (loss.IsApart && !isKnown)
            return $"Istio does not merge them and the younger of them counts, so {Whom(loss)} lose the {what} of the older one";
        if (loss.IsApart && isMine)
            return $"Istio does not merge them and it is younger, so {Whom(loss)} get only that one and lose this {what}";
        if (loss.IsApart)
            return $"Istio does not merge them and it is older, so {Whom(loss)} get only this one and lose its {what}";
        if (!isKnown)
            return $"the {what} of the younger one is dropped";
        return isMine ? $"it is older, so this {what} is dropped" : $"it is younger, so its {what} is dropped for this one";
    }

    private static string Whom(RuleLoss loss)
    {
        if (loss.IsForAll)
            return "all clients";
        var named = loss.Clients.OfType<string>().Distinct(StringComparer.Ordinal).Select(n => Shown.Clip(n, 63)).ToList();
        if (named.Count == 0)
            return "clients in other namespaces";
        var others = loss.Clients.Contains(null) ? " and in others" : "";
        return $"clients in {(named.Count == 1 ? "namespace" : "namespaces")} {string.Join(", ", named.Take(5))}{others}";
    }

    /// <summary>
    /// Not where the policy that counts has outlier detection and limits of its own, and no more is lost: defaults may have been injected into one
    /// that only adds subsets.
    /// </summary>
    private static bool LeavesUnprotected(Node lost, Node counts)
    {
        foreach (var entry in lost.Entries)
        {
            if (entry.Value.SameAs(counts[entry.Name]))
                continue;
            if (!(entry.NameIs("outlierDetection"u8) || entry.NameIs("connectionPool"u8)) || !counts[entry.Name].Exists)
                return true;
        }
        return false;
    }
}
