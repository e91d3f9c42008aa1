using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>Weights that are no percent are known as such. See docs/facts/argo-rollouts.md#max-traffic-weight.</summary>
internal static class MaxTrafficWeight
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-max-traffic-weight",
        Summary = "Weights should be percent.",
        Why =
            "With maxTrafficWeight every setWeight is out of that number: setWeight 100 of 1000 is 10 % of users, and whoever reads the "
            + "manifest in a hurry takes it for all of them "
            + "(argo-rollouts utils/weightutil). Only nginx and plugins have it.",
        Remedy = "Leave maxTrafficWeight out, unless shares below 1 % are needed.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Audit,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var routing = x.Spec["strategy"u8]["canary"u8]["trafficRouting"u8];
        // Any other router makes the Rollout invalid, which rollout-validity says.
        if (!routing["nginx"u8].Exists && !InvalidCanary.HasPlugins(routing))
            return;
        if (x.Read.Integer(routing["maxTrafficWeight"u8]) is not { } most || most == 100)
            return;
        x.Report(
            new Finding(routing["maxTrafficWeight"u8], "maxTrafficWeight", $"maxTrafficWeight is {most}: setWeight is out of {most}, not percent")
            {
                Found = $"{most}",
                Limit = "100",
                Excess = 1,
                Remedy = "maxTrafficWeight: 100   # and setWeight in percent",
            }
        );
    }
}
