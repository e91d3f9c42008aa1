using System.Globalization;
using System.Text.Json;

namespace AdmissionGuard.Tests.Oracles.Argo;

/// <summary>A state of a release as Argo's controller left it.</summary>
internal readonly record struct ArgoState(JsonElement Json)
{
    public int Step => Json.TryGetProperty("step", out var step) ? step.GetInt32() : 0;

    /// <summary>Percent of users on the new version, its experiments included.</summary>
    public double Share => Json.GetProperty("share").GetDouble() + Number("experiments");

    /// <summary>Percent of users that are neither on the new version nor on stable's pods.</summary>
    public double Others => Number("others");

    public string Phase => ArgoCase.Text(Json, "phase");

    /// <summary>Pods of the new version: wanted, available.</summary>
    public (int Wanted, int Available) New => Pods("new");

    public (int Wanted, int Available) Stable => Pods("stable");

    public bool HasRoutes => Json.TryGetProperty("routes", out var routes) && routes.GetArrayLength() > 0;

    /// <summary>Each as the plan calls it, with its seconds where it is timed.</summary>
    public IEnumerable<(string Until, double? Seconds)> Waits =>
        ArgoCase.Text(Json, "waits").Split('+', StringSplitOptions.RemoveEmptyEntries).Select(WaitOf);

    private double Number(string key) => Json.TryGetProperty(key, out var value) ? value.GetDouble() : 0;

    private (int, int) Pods(string key) => Json.TryGetProperty(key, out var pair) ? (pair[0].GetInt32(), pair[1].GetInt32()) : (0, 0);

    private static (string, double?) WaitOf(string wait)
    {
        if (wait.StartsWith("pause ", StringComparison.Ordinal))
            return ("Time", double.Parse(wait[6..], CultureInfo.InvariantCulture));
        return wait switch
        {
            "pause" => ("Promotion", null),
            "experiment" => ("Experiment", null),
            _ => ("Analysis", null),
        };
    }
}
