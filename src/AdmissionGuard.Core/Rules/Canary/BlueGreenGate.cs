using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Flagger;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Canary;

/// <summary>Somebody is asked before all users change over at once. See docs/facts/flagger.md#confirm-gate.</summary>
internal static class BlueGreenGate
{
    public static readonly Rule Rule = new()
    {
        Id = "canary-blue-green-gate",
        Summary = "A Canary that sends all users over at once should ask before it does.",
        Why =
            "With iterations and no match, users change from 0 to 100 % in one step, on the word of checks that no user's request was part of "
            + "(flagger pkg/controller/scheduler.go, runBlueGreen). "
            + "A confirm-promotion webhook holds the release until somebody, or something that knows more, agrees.",
        Remedy = "Add a confirm-promotion webhook, or use stepWeight in place of iterations.",
        Kinds = [ObjectKind.Canary],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var analysis = new CanaryAnalysis(x.Spec, x.Read);
        if (analysis.IsSkipped || analysis.IsUnrouted || !analysis.IsBlueGreen || analysis.Calls("confirm-promotion"))
            return;
        x.Report(
            new Finding(
                Place.Of(analysis.Node, "webhooks"),
                "gate",
                "all users change over at once after the checks, and nobody is asked: a confirm-promotion webhook is advised"
            )
            {
                Found = "no gate",
                Limit = "1 gate",
                Remedy = "webhooks:\n  - name: promote\n    type: confirm-promotion\n    url: http://flagger-loadtester.test/gate/check",
            }
        );
    }
}
