using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Flagger;

/// <summary>What is said of weights that Flagger cannot walk (docs/facts/flagger.md#weights).</summary>
internal static class WeightFault
{
    public static Finding NotAboveZero(Node written, long step) =>
        new(written, "stepWeight", $"stepWeight is {step}, at least 1 is needed: no user ever gets the new version, and the release never ends")
        {
            Found = $"{step}",
            Limit = "1",
            Excess = 1 - step,
            Remedy = "stepWeight: 10",
        };

    public static Finding NeverReached(Node most, long maxWeight) =>
        new(most, "maxWeight", $"maxWeight is {maxWeight}, at most 100 is allowed: no weight reaches it, and the new version is never promoted")
        {
            Found = $"{maxWeight}",
            Limit = "100",
            Excess = maxWeight - 100,
            Remedy = "maxWeight: 50",
        };

    public static Finding Empty(Node list) =>
        new(list, "stepWeights", "stepWeights is empty, at least one weight is needed: no user ever gets the new version, and the release never ends")
        {
            Remedy = "stepWeights: [5, 20, 50]",
        };

    public static Finding NoIterations(Node iterations) =>
        new(
            iterations,
            "iterations",
            $"iterations is {Shown.Value(iterations)} and there is no stepWeight: no user ever gets the new version, and the release never ends"
        )
        {
            Found = Shown.Value(iterations),
            Limit = "1",
            Remedy = "iterations: 10",
        };

    /// <summary>The current weight is no longer in the list.</summary>
    public static Finding LeftOut(Node list, long? weight) =>
        new(list, "current weight", $"{weight} % of users are on the new version now, a weight that is no longer in the list: the next step is 100 %")
        {
            Found = "100 %",
            Limit = $"{weight} %",
            Remedy = $"- {weight}   # until the release has ended",
        };

    /// <summary>What is said of a next weight that is not above the one at hand.</summary>
    public static string NotGrowing(long next, long weight) =>
        weight == 0
            ? $"{next} stands first, at least 1 is needed: no user ever gets the new version, and the release never ends"
            : $"{next} stands after {weight}, weights must grow: Flagger takes no step that is not above 0, and the release stays there for ever";

    /// <summary>What no release comes to, or what is taken for something else.</summary>
    public static Finding Odd(Node at, long weight, long before) =>
        new(
            at,
            $"{before} {weight}",
            weight > 100
                ? $"{weight} stands among the weights, at most 100 is advised: it is taken for 100"
                : $"{weight} stands after {before}, growing weights are advised: no release comes to it"
        )
        {
            Found = $"{weight}",
            Limit = before < 100 ? $"{before + 1} to 100" : "100",
            Whole = "weights",
            AtMost = GuardAction.Warn,
        };

    public static bool IsFraction(Node node) => node.TryGetDouble(out var value) && Math.Floor(value) != value;

    public static Finding Fraction(Node at, string name) =>
        new(at, $"{name} {at}", $"{name} is {at}, a whole number is needed: the API server stores it, but Flagger cannot read the Canary any more")
        {
            Found = Shown.Clip(at.ToString(), 40),
            Limit = "a whole number",
        };
}
