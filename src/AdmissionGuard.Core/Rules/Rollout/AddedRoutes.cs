using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>What the routes do that a Rollout adds in a header or mirror step. See docs/facts/argo-rollouts.md#managed-routes.</summary>
internal static class AddedRoutes
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-added-routes",
        Summary = "A header step must choose some requests and not all; what the routes lack that Argo adds should be known.",
        Why =
            "Argo puts the route of a header or mirror step in front of all others, with neither a timeout nor retries, whatever the primary "
            + "route has. A header route goes to the new version alone, whatever the weight: an expression that every value matches sends it every "
            + "user who has the header. A mirror route is a copy of the primary route at its present weights for the requests that it matches "
            + "(argo-rollouts rollout/trafficrouting/istio/istio.go, SetHeaderRoute and SetMirrorRoute).",
        Remedy = "Match a header that only testers send, by an exact value; keep these steps short.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var isIstio = x.Spec["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8].IsObject;
        foreach (var item in x.Spec["strategy"u8]["canary"u8]["steps"u8].Items)
        {
            var step = item;
            if (step["setHeaderRoute"u8] is { IsObject: true } header && header["match"u8].Count > 0)
                OfHeader(x, header, isIstio);
            if (isIstio && step["setMirrorRoute"u8] is { IsObject: true } mirror && mirror["match"u8].Count > 0)
            {
                Tell(
                    x,
                    mirror,
                    "takes the requests of all users that it matches off the primary route, at the weights of that moment, and has neither timeout "
                        + "nor retries"
                );
            }
        }
    }

    /// <summary>All entries must hold: one that somebody chooses is enough.</summary>
    private static void OfHeader(Inspection x, Node header, bool isIstio)
    {
        var conditions = header["match"u8].Items.Select(ConditionOf).ToList();
        if (conditions.Exists(c => c is null || c.IsChosen))
        {
            if (isIstio)
                Tell(x, header, "has neither timeout nor retries, whatever the primary route has");
            return;
        }
        if (conditions.Exists(c => c!.IsVague))
        {
            Tell(x, header, "goes to the new version for all users whom its pattern takes, and nobody can tell how many these are");
            return;
        }
        x.Report(
            new Finding(
                header["match"u8],
                $"{NameOf(header)} everybody",
                $"header route {Shown.Quote(NameOf(header))} matches every user: all of them go to the new version, whatever the weight"
            )
            {
                Found = "every request",
                Limit = "some requests",
                Excess = 1,
                Remedy = "match:\n  - headerName: x-canary\n    headerValue: {exact: \"true\"}",
            }
        );
    }

    /// <summary>Null where nothing can be read: what Argo makes of it is another rule's matter.</summary>
    private static Condition? ConditionOf(Node match) =>
        match["headerName"u8].Text is { Length: > 0 } name && TextMatch.Of(match["headerValue"u8]) is { } value
            ? new Condition(Condition.OfHeader(name), value)
            : null;

    private static void Tell(Inspection x, Node step, string what) =>
        x.Report(
            new Finding(Place.Of(step, "name"), $"{NameOf(step)} route", $"the route {Shown.Quote(NameOf(step))} that Argo adds {what}")
            {
                AtMost = GuardAction.Warn,
            }
        );

    private static string NameOf(Node step) => Shown.Clip(step["name"u8].Text ?? "", 60);
}
