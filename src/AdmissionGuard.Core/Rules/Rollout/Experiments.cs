using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.Rollout;

/// <summary>An experiment leaves users on the stable version, and they reach its pods. See docs/facts/argo-rollouts.md#experiment-weights.</summary>
internal static class Experiments
{
    public static readonly Rule Rule = new()
    {
        Id = "rollout-experiments",
        Summary = "An experiment with weights must leave users on the stable version, and its pods must have a port.",
        Why =
            "The weights of an experiment come on top of setWeight, and stable gets what is left. Where nothing is left all users are on trial, "
            + "whatever the weights say. An experiment's Service has the ports of its containers: without one Argo makes no Service, and the "
            + "route gets a destination with an empty host, which Istio refuses; the release stays there (argo-rollouts rollout/trafficrouting.go; "
            + "experiments/experiment.go, createTemplateService).",
        Remedy = "Lower the weights until their sum and setWeight leave users on stable, and declare containerPort in the pod template.",
        Kinds = [ObjectKind.Rollout],
        Baseline = GuardAction.Deny,
        Strict = GuardAction.Deny,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        var plan = x.Subject.Plan;
        if (!plan.IsRouted)
            return;
        var weight = 0L;
        var isWeighed = false;
        foreach (var item in x.Read.Items(x.Spec["strategy"u8]["canary"u8]["steps"u8]))
        {
            var step = x.Read.Map(item);
            if (step["setWeight"u8].Exists)
                weight = Math.Clamp(x.Read.Integer(step["setWeight"u8]) ?? 0, 0, plan.MostWeight);
            var experiment = step["experiment"u8];
            var own = ExperimentWeights.Of(experiment, ofCanary: true, x.Read) + ExperimentWeights.Of(experiment, ofCanary: false, x.Read);
            if (own == 0)
                continue;
            if (own + weight > plan.MostWeight)
                x.Report(NobodyLeft(experiment, own, weight, plan.MostWeight));
            isWeighed = true;
        }
        var containers = x.Spec["template"u8]["spec"u8]["containers"u8];
        if (isWeighed && containers.Count > 0 && !containers.Items.Any(c => c["ports"u8].Count > 0))
            x.Report(WithoutPort(containers.Items.First()));
    }

    private static Finding NobodyLeft(Node experiment, long own, long weight, long most) =>
        new(
            experiment,
            FormattableString.Invariant($"{own} beside {weight}"),
            $"the experiment takes {own} beside a setWeight of {weight}, more than {most} in sum: no user is left on the stable version"
        )
        {
            Found = $"{own + weight}",
            Limit = $"{most}",
            Whole = "steps",
            Excess = own + weight - most,
            Remedy = own < most ? $"- setWeight: {Math.Max(0, most - own - (most / 10))}   # before this step" : null,
        };

    private static Finding WithoutPort(Node container) =>
        new(
            Place.Of(container, "ports"),
            "no port",
            "an experiment has a weight and no container has a port: Argo makes no Service for it, the route gets a destination without a host, "
                + "and the release stays there"
        )
        {
            Excess = 1,
            Remedy = "ports: [{containerPort: 8080}]",
        };
}
