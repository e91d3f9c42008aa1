using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
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

    /// <summary>Headers that every browser and client sends.</summary>
    private static readonly string[] Everybodys = [":authority", ":method", ":path", ":scheme", "accept", "host", "user-agent"];

    private static readonly string[] Anything = ["", ".*", ".+", "^.*$", "^.+$", "^.*", "^.+", "^", ".*$", "(.*)", "(.+)"];

    private static void Check(Inspection x)
    {
        if (!x.Spec["strategy"u8]["canary"u8]["trafficRouting"u8]["istio"u8].IsObject)
            return;
        foreach (var item in x.Spec["strategy"u8]["canary"u8]["steps"u8].Items)
        {
            var step = item;
            if (step["setHeaderRoute"u8] is { IsObject: true } header && header["match"u8].Count > 0)
                OfHeader(x, header);
            if (step["setMirrorRoute"u8] is { IsObject: true } mirror && mirror["match"u8].Count > 0)
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

    private static void OfHeader(Inspection x, Node header)
    {
        var all = true;
        foreach (var item in header["match"u8].Items)
            all &= IsEverybodys(item);
        if (!all)
        {
            Tell(x, header, "has neither timeout nor retries, whatever the primary route has");
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

    private static bool IsEverybodys(Node match)
    {
        var value = match["headerValue"u8];
        return match["headerName"u8].Text is { } name
            && Everybodys.Contains(name, StringComparer.OrdinalIgnoreCase)
            && (
                (value["regex"u8].Text is { } regex && Anything.Contains(regex, StringComparer.Ordinal))
                || value["prefix"u8].Text is ""
                || (value["prefix"u8].Text is "/" && name == ":path")
            );
    }

    private static void Tell(Inspection x, Node step, string what) =>
        x.Report(
            new Finding(Place.Of(step, "name"), $"{NameOf(step)} route", $"the route {Shown.Quote(NameOf(step))} that Argo adds {what}")
            {
                AtMost = GuardAction.Warn,
            }
        );

    private static string NameOf(Node step) => Shown.Clip(step["name"u8].Text ?? "", 60);
}
