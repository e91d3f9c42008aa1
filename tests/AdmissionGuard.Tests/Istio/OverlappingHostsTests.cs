using AdmissionGuard.Core.Istio;

namespace AdmissionGuard.Tests.Istio;

public sealed class OverlappingHostsTests
{
    /// <summary>The same as every pair compared, which is Istio's own way.</summary>
    [Fact]
    public void It_finds_the_host_that_comparing_every_pair_finds()
    {
        var random = new Random(7);
        string[] labels = ["a", "b", "api", "com"];
        for (var round = 0; round < 2000; round++)
        {
            var hosts = new List<string>();
            var overlapping = new OverlappingHosts();
            for (var i = 0; i < 8; i++)
            {
                var host = string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => labels[random.Next(labels.Length)]));
                if (random.Next(3) == 0)
                    host = "*." + host;
                if (random.Next(12) == 0)
                    host = "*";
                Assert.Equal(hosts.Find(h => Overlap(h, host)), overlapping.Add(host));
                hosts.Add(host);
            }
        }
    }

    /// <summary>Whether two hosts overlap, wildcards of either side included; compared as written.</summary>
    private static bool Overlap(string a, string b)
    {
        var (wildA, wildB) = (a.StartsWith('*'), b.StartsWith('*'));
        if (wildA && wildB)
            return a.Length < b.Length ? b.EndsWith(a[1..], StringComparison.Ordinal) : a.EndsWith(b[1..], StringComparison.Ordinal);
        if (wildA)
            return b.EndsWith(a[1..], StringComparison.Ordinal);
        return wildB ? a.EndsWith(b[1..], StringComparison.Ordinal) : a == b;
    }
}
