using System.Globalization;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// Which routes every caller's proxy has for every host, in which order, with conditions, shares, timeout, retries and mirrors, as Istio's own
/// control plane makes it of generated worlds (istio/istio 86c9f01, 1.32), and what is left where one of the objects is missing.
/// </summary>
public sealed class RequestTableOracleTests
{
    /// <summary>What differs on purpose, by case, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("istio/virtual-services.jsonl.gz", 1000)]
    [InlineData("gateway/http-routes.jsonl.gz", 500)]
    public void Every_caller_has_the_routes_that_Istio_writes(string file, int atLeast)
    {
        var comparison = new TableComparison();
        foreach (var line in OracleFile.Read(file))
        {
            var id = line.GetProperty("id").GetString()!;
            if (OnPurpose.ContainsKey(id))
                continue;
            comparison.Compare(id, IstioWorld.Of(line));
            if (line.TryGetProperty("old", out _))
                comparison.Compare($"{id} before", IstioWorld.OfOld(line));
        }
        Assert.True(comparison.Compared > atLeast, $"only {comparison.Compared} hosts were compared");
        Assert.True(
            comparison.Differing.Count == 0,
            $"{comparison.Differing.Count} of {comparison.Compared} differ:\n" + string.Join('\n', comparison.Differing.Take(40))
        );
    }
}
