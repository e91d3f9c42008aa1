using System.Globalization;
using System.Text.Json.Nodes;

namespace AdmissionGuard.Benchmarks;

/// <summary>One thing measured, beside the floor of the same run where it has one.</summary>
/// <param name="Part">What was measured: <c>review</c>, <c>server</c>, <c>start</c>.</param>
/// <param name="Floor">The same for whoever does the least that can be done; null where there is no such thing.</param>
internal sealed record Figure(string Part, string Name, string Unit, double Value, double? Floor = null)
{
    public double? Ratio => Floor is > 0 ? Value / Floor : null;

    public static void WriteHead(TextWriter output)
    {
        output.WriteLine("| part | figure | unit | measured | floor | ratio |");
        output.WriteLine("|---|---|---|---:|---:|---:|");
    }

    public void Write(TextWriter output) => output.WriteLine($"| {Part} | {Name} | {Unit} | {Text(Value)} | {Text(Floor)} | {Text(Ratio)} |");

    public JsonObject Json() =>
        new()
        {
            ["part"] = Part,
            ["name"] = Name,
            ["unit"] = Unit,
            ["value"] = Math.Round(Value, 3),
            ["floor"] = Floor is { } floor ? Math.Round(floor, 3) : null,
            ["ratio"] = Ratio is { } ratio ? Math.Round(ratio, 3) : null,
        };

    private static string Text(double? value) => value?.ToString(Math.Abs(value.Value) < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture) ?? "";
}
