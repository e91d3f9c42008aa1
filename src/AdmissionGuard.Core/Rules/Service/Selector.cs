using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Service;

/// <summary>
/// A Service by which users reach a version keeps choosing that version's pods. See docs/facts/argo-rollouts.md#service-hash and
/// docs/facts/flagger.md#service-selectors.
/// </summary>
internal static class Selector
{
    public static readonly Rule Rule = new()
    {
        Id = "service-selector",
        Summary = "The selector of a Service that a Rollout or Canary sends users to must keep choosing the pods of its version.",
        Why =
            "Argo Rollouts and Flagger tell versions apart by selectors of Services. Another hash sends all users of the stable Service to the "
            + "version on trial, past every step and analysis; a label that no pod has sends them nowhere; without the hash users get both versions "
            + "until the controller writes it again (argo-rollouts rollout/service.go; flagger pkg/router/kubernetes_default.go).",
        Remedy = "Leave the selector as the controller wrote it. Git has the labels that all pods share, without rollouts-pod-template-hash.",
        Kinds = [ObjectKind.Service],
        Reads = [ObjectKind.Rollout, ObjectKind.Canary],
        Fixable = true,
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        if (x.Old is not { } old || x.Spec["selector"u8].SameAs(old.Spec["selector"u8]))
            return;
        var before = old.Spec["selector"u8];
        foreach (var (key, root) in x.World.ReferrersOf(x.Key, ObjectKind.Rollout).Take(RolloutTies.MostRollouts))
        {
            var owner = new ServiceOwner(key, root, x.Key);
            Strange(x, before, owner);
            Hash(x, before[StoredVersions.HashLabel], owner);
        }
        foreach (var (key, _) in x.World.ReferrersOf(x.Key, ObjectKind.Canary).Take(RolloutTies.MostRollouts))
            Primary(x, before, key.TitleIn(x.Key.Namespace));
    }

    private static void Strange(Inspection x, Node before, ServiceOwner owner)
    {
        foreach (var entry in x.Spec["selector"u8].Entries)
        {
            var label = entry.Value;
            if (entry.Name == StoredVersions.HashLabel || label.SameAs(before[entry.Name]) || owner.MayHave(entry.Name, label))
                continue;
            x.Report(
                new Finding(
                    label,
                    $"{owner.Title} label {entry.Name}",
                    $"the selector asks for {RolloutTies.Quote(entry.Name)}: {Shown.Value(label)}, which no pod of {owner.Title} has: users of "
                        + "this Service get 503"
                )
                {
                    Found = Shown.Value(label),
                    Limit = "labels of the Rollout's pods",
                }
            );
        }
    }

    private static void Hash(Inspection x, Node had, ServiceOwner owner)
    {
        var hash = x.Spec["selector"u8][StoredVersions.HashLabel];
        if (hash.Text is { } value && !hash.SameAs(had) && !owner.Writes(value))
        {
            var effect = owner.Knows(value)
                ? $"the version of {owner.Title} on trial: all users of this Service get it at once"
                : $"which no version of {owner.Title} that runs has: users of this Service get 503";
            x.Report(
                new Finding(hash, $"{owner.Title} hash", $"the selector asks for {StoredVersions.HashLabel}: {RolloutTies.Quote(value)}, {effect}")
                {
                    Remedy = had.Exists ? $"{StoredVersions.HashLabel}: {had.Text}" : null,
                }
            );
        }
        else if (!hash.Exists && had.Exists && owner.IsOnItsWay)
        {
            x.Report(
                new Finding(
                    Place.Below(x.Spec, $"selector/{StoredVersions.HashLabel}"),
                    $"{owner.Title} dropped",
                    $"the selector loses Argo's label while {owner.Title} is in progress: until Argo writes it again, for up to a second, users of "
                        + "this Service get both versions"
                )
                {
                    AtMost = GuardAction.Warn,
                    Edit = new Edit(x.Spec, [new Edit.Leaf($"selector/{StoredVersions.HashLabel}", had.ToString())]),
                }
            );
        }
    }

    /// <summary>The label of the primary's pods is in all of Flagger's Services but the canary's.</summary>
    private static void Primary(Inspection x, Node before, string title)
    {
        foreach (var entry in before.Entries)
        {
            var label = entry.Value;
            var written = x.Spec["selector"u8][entry.Name];
            if (label.Text?.EndsWith("-primary", StringComparison.Ordinal) != true || label.SameAs(written))
                continue;
            x.Report(
                new Finding(
                    Place.Of(x.Spec["selector"u8], entry.Name),
                    $"{title} label {entry.Name}",
                    $"the selector no longer chooses the primary of {title}: until Flagger writes it again, at its next look, users get the pods "
                        + "of the version on trial, and 503 where it has none"
                )
                {
                    Found = written.Exists ? Shown.Value(written) : null,
                    Limit = Shown.Value(label),
                    Remedy = $"{entry.Name}: {label.Text}",
                }
            );
        }
    }
}
