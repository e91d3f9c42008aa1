using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Old pods live until nobody sends to them any more. See docs/facts/argo-rollouts.md#scale-down-delay.</summary>
internal static class ScaleDownDelay
{
    private static readonly DurationParameter MinDelay = new(
        "minScaleDownDelay",
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromDays(1),
        "shortest time that the old version's pods run after all users have left them"
    );

    public static readonly Rule Rule = new()
    {
        Id = "rollout-scale-down-delay",
        Summary = "The old version's pods should stay until every proxy has heard of the switch.",
        Why =
            "Endpoints, iptables and Envoy learn of a switch one after the other; who sends to a pod that is already gone gets a 503. Argo "
            + "recommends 30 seconds, its default, at least; "
            + "meanwhile a way back needs no new pods (argo-rollouts pkg/apis/rollouts/v1alpha1, ScaleDownDelaySeconds).",
        Remedy = "Leave scaleDownDelaySeconds out, or set 30 or more.",
        Kinds = [ObjectKind.Rollout],
        Parameters = [MinDelay],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    /// <summary>Argo's default.</summary>
    private const long Usual = 30;

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        var strategy = x.Spec["strategy"u8];
        var scope = plan.IsCanary ? strategy["canary"u8] : strategy["blueGreen"u8];
        // Argo ignores, or refuses, a delay where pods carry the weight.
        if (!scope.IsObject || (plan.IsCanary && (!scope["trafficRouting"u8].Exists || scope["dynamicStableScale"u8].Exists)))
            return;
        var written = scope["scaleDownDelaySeconds"u8];
        var delay = written.Exists ? x.Read.Integer(written) : Usual;
        var min = x.Get(MinDelay);
        // 0 means never, which rollout-old-pods says.
        if (delay is not { } seconds || seconds >= min.TotalSeconds || seconds == 0)
            return;
        var found = written.Exists ? $"{seconds}" : $"{seconds}, its default";
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"scaleDownDelaySeconds is {found}, at least {min.TotalSeconds:0} advised: proxies that have not heard of the switch send to pods "
                + $"that are gone"
        );
        x.Report(
            new Finding(Place.Of(scope, "scaleDownDelaySeconds"), "scaleDownDelaySeconds", message)
            {
                Found = $"{seconds}s",
                Limit = Durations.Write(min),
                Excess = min.TotalSeconds - seconds,
                Remedy = FormattableString.Invariant($"scaleDownDelaySeconds: {min.TotalSeconds:0}"),
            }
        );
    }
}
