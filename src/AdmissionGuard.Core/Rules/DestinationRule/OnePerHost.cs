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
            "Istio merges rules whose exportTo is equal as written: the traffic policy of the oldest is kept and the others' are dropped without a "
            + "word, and so is a subset whose name an older one has (pilot/pkg/model/destination_rule.go, mergeDestinationRule). "
            + "Rules with another exportTo are not merged: the youngest that a client may have hides the others with all their subsets, and routes to "
            + "these answer 503. An absent exportTo is not the same as [\"*\"], and a dot is not the same as the namespace's name.",
        Remedy =
            "Write the traffic policy into the oldest DestinationRule, give every subset a name of its own, and write the same exportTo in all of them.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.ServiceEntry],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Read.Text(x.Spec["host"u8]) is not { Length: > 0 } written)
            return;
        var host = MeshHost.Qualify(written, x.Subject.Namespace, x.Settings.ClusterDomain);
        if (!x.World.Claiming(host, ObjectKind.DestinationRule, x.Subject.Namespace).Any(r => r.Key != x.Key))
            return;
        foreach (var loss in RuleLoss.Of([.. new HostPolicies(x.World).CountingOf(host, x.Subject.Namespace)]))
        {
            if ((loss.Loser == x.Key || loss.Winner == x.Key) && IsFault(loss))
                x.Report(loss.Subset is null ? OfPolicy(x, loss) : OfSubset(x, loss));
        }
    }

    /// <summary>
    /// A policy that counts for other clients is no fault: a rule for its own namespace alone is Istio's way to give these clients another one. A
    /// subset that is not there for some of them is.
    /// </summary>
    private static bool IsFault(RuleLoss loss) =>
        loss.Subset is null ? loss.IsForAll && !PolicyDefaults.MayBeInjected(loss.Lost) : loss.IsForAll || !loss.InPlace.Exists;

    private static Finding OfPolicy(Inspection x, RuleLoss loss) =>
        new(
            Place.Of(x.Spec, "trafficPolicy"),
            $"policy {Other(x, loss).Name}",
            $"{Other(x, loss).TitleIn(x.Subject.Namespace)} is for the same host and has {(loss.IsApart ? "another exportTo" : "a trafficPolicy too")}: "
                + Effect(x, loss, "trafficPolicy")
        )
        {
            Limit = "one trafficPolicy for a host in a namespace",
            AtMost = LeavesUnprotected(loss.Lost, loss.InPlace) ? GuardAction.Deny : GuardAction.Warn,
        };

    private static Finding OfSubset(Inspection x, RuleLoss loss)
    {
        var place = x.Spec["subsets"u8].Items.FirstOrDefault(i => i["name"u8].Text == loss.Subset);
        var other = Other(x, loss);
        var name = Shown.Clip(loss.Subset!, 63);
        return new Finding(
            place.Exists ? place["name"u8] : x.Spec["host"u8],
            $"subset {loss.Subset} {other.Name}",
            $"{other.TitleIn(x.Subject.Namespace)} is for the same host and has "
                + $"{(loss.InPlace.Exists ? $"another subset {name}" : "another exportTo")}: "
                + Effect(x, loss, loss.InPlace.Exists ? "subset" : $"subset {name}")
                + (loss.InPlace.Exists ? "" : ", and routes to it answer 503")
        )
        {
            Found = Shown.Value(place["name"u8]),
            Limit = loss.InPlace.Exists ? "a name that no other subset of the host has" : "the same exportTo in both",
        };
    }

    private static ObjectKey Other(Inspection x, RuleLoss loss) => loss.Loser == x.Key ? loss.Winner : loss.Loser;

    private static string Effect(Inspection x, RuleLoss loss, string what)
    {
        var isMine = loss.Loser == x.Key;
        var root = x.World.Find(Other(x, loss));
        if (loss.IsApart)
        {
            var order = CreationOrder.IsKnown(x.Subject.Root, root) ? $"it is {(isMine ? "younger" : "older")}" : "the younger of them counts";
            return $"Istio does not merge them and {order}, so {Whom(loss)} get only {(isMine ? "that one" : "this one")} and lose "
                + $"{(isMine ? "this" : "its")} {what}";
        }
        if (!CreationOrder.IsKnown(x.Subject.Root, root))
            return $"the {what} of the younger one is dropped";
        return isMine ? $"it is older, so this {what} is dropped" : $"it is younger, so its {what} is dropped for this one";
    }

    private static string Whom(RuleLoss loss)
    {
        if (loss.IsForAll)
            return "all clients";
        return loss.Client is null ? "clients in other namespaces" : $"clients in namespace {Shown.Clip(loss.Client, 63)}";
    }

    /// <summary>
    /// Not where the policy that counts has outlier detection and limits of its own, and no more is lost: defaults may have been injected into one
    /// that only adds subsets.
    /// </summary>
    private static bool LeavesUnprotected(Node lost, Node counts)
    {
        foreach (var entry in lost.Entries)
        {
            if (new Node(entry.Value).SameAs(counts[entry.Name]))
                continue;
            if (!(entry.NameEquals("outlierDetection"u8) || entry.NameEquals("connectionPool"u8)) || !counts[entry.Name].Exists)
                return true;
        }
        return false;
    }
}
