using System.Globalization;
using System.Text;

namespace AdmissionGuard.Benchmarks.Objects;

/// <summary>A VirtualService that grows with a number, and the one before it on UPDATE.</summary>
internal sealed record Adversary(string Name, Func<int, string> Object, Func<int, string>? Old = null)
{
    private const string Two =
        """ "route":[{"destination":{"host":"a","subset":"v1"},"weight":90},{"destination":{"host":"a","subset":"v2"},"weight":10}] """;

    private const string Settings = """ "timeout":"10s","retries":{"attempts":2,"perTryTimeout":"2s","retryOn":"5xx"} """;

    private const string Excess = """ "timeout":"9s","retries":{"attempts":9,"perTryTimeout":"9s","retryOn":"5xx"} """;

    public static IReadOnlyList<Adversary> All { get; } =
    [
        new("clean routes", n => Http(n, i => $"{Named(i)},{Two},{Settings}")),
        new(
            "clean routes, one weight moved",
            n => Http(n, i => $"{Named(i)},{Two},{Settings}"),
            n => Http(n, i => $"{Named(i)},{(i == 0 ? Two.Replace("90", "85", StringComparison.Ordinal) : Two)},{Settings}")
        ),
        new("two findings a route", n => Http(n, i => $"{Named(i)},{Two},{Excess}")),
        new("two findings a route, as before", n => Http(n, i => $"{Named(i)},{Two},{Excess}"), n => Http(n, i => $"{Named(i)},{Two},{Excess}", "b")),
        new("routes without names, two findings", n => Http(n, i => $"{Uri(i)},{Two},{Excess}")),
        new("nothing set (repairs)", n => Http(n, i => $"{Named(i)},{Two}")),
        new("nothing set, as before", n => Http(n, i => $"{Named(i)},{Two}"), n => Http(n, i => $"{Named(i)},{Two}", "b")),
        new("one route, clean destinations", n => Http(1, _ => $"{Destinations(n, i => ",\"weight\":1")},{Settings}")),
        new("one route, no weights", n => Http(1, _ => $"{Destinations(n, _ => "")},{Settings}")),
        new("one route, half without weights", n => Http(1, _ => $"{Destinations(n, i => i % 2 == 0 ? "" : ",\"weight\":1")},{Settings}")),
        new("one route, no weights, long match", n =>
            Http(1, _ => $"{Matches(n / 2)},{Destinations(n / 2, i => i == 0 ? ",\"weight\":1" : "")},{Settings}")
        ),
        new("one route, weights of a wrong type", n => Http(1, _ => $"{Destinations(n, _ => ",\"weight\":\"1\"")},{Settings}")),
        new(
            "one route, versions swapped",
            n => Http(1, _ => Destinations(n, i => Weight(i < n / 2))),
            n => Http(1, _ => Destinations(n, i => Weight(i >= n / 2)))
        ),
        new(
            "one route, all to one new version",
            n => Http(1, _ => Destinations(n, i => Weight(i == 0))),
            n => Http(1, _ => Destinations(n, i => Weight(i != 0)))
        ),
        new("all routes renamed", n => Http(n, i => $"{Named(i, "new")},{Two},{Settings}"), n => Http(n, i => $"{Named(i)},{Two},{Settings}")),
        new(
            "all routes renamed, other matches",
            n => Http(n, i => $"{Named(i, "new")},{Uri(i, "new")},{Two}"),
            n => Http(n, i => $"{Named(i)},{Uri(i)},{Two}")
        ),
        new(
            "all routes removed, catch-all last",
            n => Http(n, i => i == n - 1 ? Two : $"{Named(i, "new")},{Uri(i, "new")},{Two}"),
            n => Http(n, i => $"{Named(i)},{Uri(i)},{Two}")
        ),
        new(
            "all routes fall to a long catch-all",
            n => Http(1, _ => Destinations(n / 2, i => ",\"weight\":1")),
            n => Http(n / 2, i => $"{Named(i)},{Uri(i)},{Two}")
        ),
        new(
            "all weights reversed",
            n => Http(n, i => $"{Named(i)},{Two.Replace("90", "1", StringComparison.Ordinal).Replace("10", "99", StringComparison.Ordinal)}"),
            n => Http(n, i => $"{Named(i)},{Two}")
        ),
        new("long match list, clean", n => Http(1, _ => $"{Matches(n)},{Two},{Settings}")),
        new("long match list, two findings", n => Http(1, _ => $"{Matches(n)},{Two},{Excess}")),
        new(
            "long match list, reordered",
            n => Http(1, _ => $"{Matches(n)},{Two},{Settings}"),
            n => Http(1, _ => $"{Matches(n, down: true)},{Two},{Settings}")
        ),
        new("thousands of hosts", n =>
            Wrap(Http(1, _ => $"{Two},{Settings}"), string.Join(',', Enumerable.Range(0, n).Select(i => $"\"h{i}.example.com\"")))
        ),
    ];

    /// <summary>How many parts make the object just smaller than 1.5 MB, the most that etcd stores.</summary>
    public int Most()
    {
        const int limit = 1_500_000;
        const int probe = 1000;
        var (small, large) = (Object(probe).Length, Object(2 * probe).Length);
        return (int)((limit - small) * (double)probe / Math.Max(large - small, 1)) + probe;
    }

    private static string Named(int i, string prefix = "old") => string.Create(CultureInfo.InvariantCulture, $"\"name\":\"{prefix}-{i}\"");

    private static string Uri(int i, string prefix = "old") =>
        string.Create(CultureInfo.InvariantCulture, $"\"match\":[{{\"uri\":{{\"prefix\":\"/{prefix}/{i}\"}}}}]");

    private static string Weight(bool much) => much ? ",\"weight\":100" : ",\"weight\":0";

    private static string Destinations(int count, Func<int, string> weight) =>
        $"\"route\":[{string.Join(',', Enumerable.Range(0, count).Select(i => Destination(i, weight(i))))}]";

    private static string Destination(int i, string weight) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"destination\":{{\"host\":\"a\",\"subset\":\"v{i}\"}}{weight}}}");

    private static string Matches(int count, bool down = false)
    {
        var numbers = Enumerable.Range(0, count);
        return $"\"match\":[{string.Join(',', (down ? numbers.Reverse() : numbers).Select(Match))}]";
    }

    private static string Match(int i) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"headers\":{{\"x-user\":{{\"exact\":\"u{i}\"}}}},\"uri\":{{\"prefix\":\"/p\"}}}}");

    private static string Http(int count, Func<int, string> route, string host = "a")
    {
        var json = new StringBuilder(
            $"{{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{{\"name\":\"a\","
                + $"\"namespace\":\"shop\"}},\"spec\":{{\"hosts\":[\"{host}\"],\"http\":["
        );
        for (var i = 0; i < count; i++)
            json.Append(i == 0 ? "{" : ",{").Append(route(i)).Append('}');
        return json.Append("]}}").ToString();
    }

    private static string Wrap(string @object, string hosts) =>
        @object.Replace("\"hosts\":[\"a\"]", $"\"hosts\":[{hosts}]", StringComparison.Ordinal);
}
