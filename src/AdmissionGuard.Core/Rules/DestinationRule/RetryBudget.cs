using System.Globalization;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>A retry budget says how many retries it allows. See docs/facts/istio.md#retry-budget.</summary>
internal static class RetryBudget
{
    private static readonly IntegerParameter MaxPercent = new("maxPercent", 50, 1, 100, "highest budget, in percent of the requests in flight");
    private static readonly IntegerParameter Percent = new("percent", 20, 1, 100, "injected: retries in percent of the requests in flight");

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-retry-budget",
        Summary = "A retryBudget of a DestinationRule must have a percent between 1 and a limit.",
        Why =
            "The percent counts out of 100: who writes 0.2 for 20 % allows retries for 0.2 % of the requests, so beyond minRetryConcurrency hardly "
            + "any happens and every lost connection becomes an error. Istio before 1.28.6 and 1.29.2 takes an absent percent for 0.2 as well "
            + "(pilot/pkg/networking/core/cluster_traffic_policy.go, applyRetryBudget): an absent one is reported where GuardSettings or the "
            + "image of istiod says that the mesh is older. "
            + "A budget of most of the requests is no bound: a service that fails gets nearly twice its traffic while it is down.",
        Remedy = "Write percent: 20.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [MaxPercent, Percent],
        Baseline = new ProfileDefault(GuardAction.Deny, Fix: true),
        Strict = new ProfileDefault(GuardAction.Deny, Fix: true),
        Fixable = true,
        Check = Check,
    };

    private static void Check(Inspection x)
    {
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            var budget = x.Read.Map(map.Node["retryBudget"u8]);
            if (!budget.Exists || !map.Decides("retryBudget"u8))
                continue;
            var percent = budget["percent"u8];
            if (!percent.Exists)
            {
                if (x.Settings.Mesh.Version is { } version && !version.Has(Repaired))
                    x.Report(Missing(x, map, budget, version));
            }
            else if (x.Read.Number(percent) is < 1 and var few)
                x.Report(TooLittle(x, map, percent, few));
            else if (x.Read.Number(percent) is { } many && many > x.Get(MaxPercent))
                x.Report(TooMuch(x, map, percent, many));
        }
    }

    /// <summary>An absent percent is 20 from here on (docs/facts/istio.md#retry-budget).</summary>
    private static readonly IstioVersion[] Repaired = [new(1, 28, 6), new(1, 29, 2)];

    private static Finding Missing(Inspection x, MapInForce map, Node budget, IstioVersion version) =>
        new(
            new Place(budget, "percent"),
            $"{map.Key} unset",
            $"percent is not set, which Istio {version} takes for 0.2 and not for its documented 20: retries are allowed for 0.2 % of the requests "
                + "in flight"
        )
        {
            Limit = "1 or more",
            Remedy = $"percent: {x.Get(Percent)}",
            Edit = map.Layer == PolicyLayer.Top ? PolicyDefaults.Edit(x.Spec, [Edit.Leaf.Of("retryBudget/percent", x.Get(Percent))]) : null,
        };

    /// <summary>A fraction is taken for the percentage that it was meant to be: 0.2 for 20.</summary>
    private static Finding TooLittle(Inspection x, MapInForce map, Node percent, double found)
    {
        var meant = Math.Round(100 * found);
        return new Finding(
            percent,
            $"{map.Key} little",
            $"percent is {Shown.Value(percent)}, at least 1 is needed: it counts out of 100, so beyond minRetryConcurrency nearly no retry is allowed"
        )
        {
            Found = Shown.Value(percent),
            Limit = "1 or more",
            Excess = 1 - found,
            Remedy = $"percent: {(meant >= 1 && meant <= x.Get(MaxPercent) ? meant : x.Get(Percent)).ToString(CultureInfo.InvariantCulture)}",
        };
    }

    private static Finding TooMuch(Inspection x, MapInForce map, Node percent, double found) =>
        new(
            percent,
            $"{map.Key} much",
            $"percent is {Shown.Value(percent)}, at most {x.Get(MaxPercent)} is allowed: a service that fails gets {Shown.Percent(found)} "
                + $"more requests from its retries"
        )
        {
            Found = Shown.Value(percent),
            Limit = $"at most {x.Get(MaxPercent)}",
            Excess = found - x.Get(MaxPercent),
            Remedy = $"percent: {Math.Min(x.Get(Percent), x.Get(MaxPercent))}",
            AtMost = GuardAction.Warn,
        };
}
