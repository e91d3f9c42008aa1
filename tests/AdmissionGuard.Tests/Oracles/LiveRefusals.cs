namespace AdmissionGuard.Tests.Oracles;

/// <summary>What people are refused of the requests in <c>tests/oracle/live</c>: judged from the records alone, and replayed end to end.</summary>
internal static class LiveRefusals
{
    /// <summary>
    /// Changes of people that are refused, each with the rules that do; every other change of theirs passes. The record has no status writes:
    /// a Rollout stands in these worlds as its spec was last written, mostly at rest. So the deletions of VirtualServices that a real cluster
    /// would refuse in mid-release (delete-app, delete-vs-mid) pass here.
    /// </summary>
    public static readonly HashSet<string> Refused = new(StringComparer.Ordinal)
    {
        "delete-app-off Delete DestinationRule: destination-rule-removal rollout-references virtual-service-destinations",
        "delete-app-cascade-on Delete DestinationRule: destination-rule-removal",
        "delete-vs-mid-off Delete DestinationRule: destination-rule-removal rollout-references",
        "human-weights-mid-off Update VirtualService: route-sole-writer virtual-service-weight-increase",
        "vs-one-route-other-off Update DestinationRule: route-sole-writer",
        "human-side-doors-off Update DestinationRule: destination-rule-outlier-detection",
        "human-side-doors-off Update AnalysisTemplate: analysis-template-can-fail",
        "human-side-doors-off Delete AnalysisTemplate: rollout-references",
        "human-side-doors-baseline Update DestinationRule: destination-rule-outlier-detection",
        "human-side-doors-baseline Update AnalysisTemplate: analysis-template-can-fail",
        "human-side-doors-baseline Delete AnalysisTemplate: rollout-references",
        "two-steps-git-off Update Rollout: rollout-first-step rollout-step-increase",
        "two-steps-git-baseline Update Rollout: rollout-first-step rollout-step-increase",
        "template-and-steps-aborted-baseline Update Rollout: rollout-first-step rollout-step-increase",
        "strip-analysis-mid-baseline Update Rollout: rollout-analysis",
        "strip-steps-mid-baseline Update Rollout: rollout-canary-steps rollout-change-in-progress",
        "flagger-human-off Update VirtualService: virtual-service-weight-increase",
        "flagger-human-off Delete DestinationRule: destination-rule-removal",
        "flagger-strip-on Update Canary: canary-can-fail",
    };
}
