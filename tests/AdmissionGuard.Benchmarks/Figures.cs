using System.Text.Json;
using System.Text.Json.Nodes;
using AdmissionGuard.Benchmarks.Load;

namespace AdmissionGuard.Benchmarks;

/// <summary>
/// Every figure that the README of this folder shows, in one table, with JSON beside it: a review by all of <c>strict</c>, the server, the start and
/// <c>check</c>, each next to the floor of the same run.
/// </summary>
internal static class Figures
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="seconds">Of each turn of the load client.</param>
    /// <param name="file">Takes the JSON; null for none.</param>
    public static async Task Run(TextWriter output, int seconds, string? file)
    {
        var figures = new List<Figure>();
        var program = File.Exists(Repository.Native) ? Repository.Native : Repository.Executable;
        output.WriteLine($"{(program == Repository.Native ? "native release" : "framework-dependent build")}, {Environment.ProcessorCount} cores");
        Figure.WriteHead(output);
        foreach (var figure in RuleCosts.All())
            Take(figure);
        foreach (var figure in CheckFigures.Of(program))
            Take(figure);
        await foreach (var figure in LoadMode.Figures(program, TimeSpan.FromSeconds(seconds)))
            Take(figure);
        if (file is not null)
            await File.WriteAllTextAsync(file, new JsonArray([.. figures.Select(f => (JsonNode)f.Json())]).ToJsonString(Indented) + "\n");

        void Take(Figure figure)
        {
            figures.Add(figure);
            figure.Write(output);
        }
    }
}
