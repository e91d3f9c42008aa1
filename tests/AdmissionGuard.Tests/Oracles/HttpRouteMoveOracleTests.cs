using System.Text.Json;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>
/// Whether a change of HTTPRoutes is judged by where users go: pairs of worlds before and after, with the routes that Istio's own controller wrote
/// of both (istio/istio 86c9f01, 1.32). Ordinary requests are tried against these.
/// </summary>
public sealed class HttpRouteMoveOracleTests
{
    /// <summary>Points of all users that one step may move (profile strict), with what rounding leaves.</summary>
    private const double Limit = 30.05;

    /// <summary>Rules that speak of nearly every route of the oracle.</summary>
    private static readonly string[] Usual =
    [
        "http-route-timeout",
        "http-route-default-weight",
        "virtual-service-timeout",
        "virtual-service-retries",
    ];

    private static readonly string[] Paths = ["/", "/a", "/a/", "/a/b", "/ab", "/b", "/a/b/c", "/x"];

    private static readonly List<(string Path, Dictionary<string, string?> Values)> Ordinary =
    [
        .. Paths.SelectMany(p => new[] { "GET", "POST" }.Select(m => (p, new Dictionary<string, string?> { [":method"] = m }))),
    ];

    /// <summary>What differs on purpose, by case, with the reason.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new(StringComparer.Ordinal)
    {
        ["own-move-header-any-value"] = "Browsers all send the user-agent that the rule asks for, and the requests tried here send none.",
    };

    [Fact]
    public void A_move_is_reported_where_the_routes_move_more_users_than_one_step_may()
    {
        var differing = new List<string>();
        var (judged, moving) = (0, 0);
        foreach (var (id, line) in Moves())
        {
            judged++;
            var (before, after) = (new RouteHosts(line.GetProperty("facts").GetProperty("old")), new RouteHosts(line.GetProperty("facts")));
            var worst = before.Together(after).SelectMany(h => Ordinary.Select(q => Growth(before, after, h, q))).DefaultIfEmpty(0).Max();
            moving += worst > Limit ? 1 : 0;
            var said = Judged(line).FirstOrDefault(j => j.Rule == "virtual-service-weight-increase");
            var isEnough = worst > Limit ? said?.Action == GuardAction.Deny : said?.Action != GuardAction.Deny;
            if (!isEnough && !OnPurpose.ContainsKey(id))
                differing.Add($"{id} {worst}: {said?.Action} {said?.Finding.Message ?? "nothing said"}");
        }
        Assert.InRange(judged, 100, int.MaxValue);
        Assert.InRange(moving, 40, int.MaxValue);
        Assert.True(differing.Count == 0, $"{differing.Count} of {judged} differ:\n{string.Join('\n', differing)}");
    }

    [Fact]
    public void A_change_after_which_requests_get_errors_is_reported()
    {
        var differing = new List<string>();
        var losing = 0;
        foreach (var (id, line) in Moves())
        {
            var (before, after) = (new RouteHosts(line.GetProperty("facts").GetProperty("old")), new RouteHosts(line.GetProperty("facts")));
            if (
                !before
                    .Together(after)
                    .Any(h => Ordinary.Exists(q => before.Serves(h, q, orElsewhere: false) && !after.Serves(h, q, orElsewhere: true)))
            )
                continue;
            losing++;
            var said = Judged(line).Where(j => !Usual.Contains(j.Rule, StringComparer.Ordinal)).ToList();
            if (said.Count == 0 && !OnPurpose.ContainsKey(id))
                differing.Add(id);
        }
        Assert.InRange(losing, 5, int.MaxValue);
        Assert.Empty(differing);
    }

    private static IEnumerable<(string Id, JsonElement Line)> Moves() =>
        OracleFile.Read("gateway/http-routes.jsonl.gz").Where(l => l.TryGetProperty("old", out _)).Select(l => (l.GetProperty("id").GetString()!, l));

    /// <summary>Of the canary's share, for one request that was served.</summary>
    private static double Growth(RouteHosts before, RouteHosts after, HostAt host, (string Path, Dictionary<string, string?> Values) request)
    {
        if (!before.Serves(host, request, orElsewhere: false) || after.TakerOf(host, request) is not { ValueKind: JsonValueKind.Object } now)
            return 0;
        return Share(now) - Share(before.TakerOf(host, request));
    }

    private static double Share(JsonElement route) =>
        route.ValueKind == JsonValueKind.Object && route.TryGetProperty("clusters", out var clusters)
            ? clusters
                .EnumerateArray()
                .Where(c => c.GetProperty("cluster").GetString()!.Contains("||api-canary.", StringComparison.Ordinal))
                .Sum(c => c.GetProperty("percent").GetDouble())
            : 0;

    /// <summary>All that changed, judged as one change.</summary>
    private static List<Judgement> Judged(JsonElement line)
    {
        var (was, now) = (IstioWorld.OfOld(line), IstioWorld.Of(line));
        var prior = was.Objects.Aggregate(WorldSnapshot.Live, (w, o) => w.With(o.Key, o.Root));
        var cluster = now.Objects.Aggregate(Cluster.Live, (c, o) => c.With(o.Key, o.Root)).WithPrior(prior).With([GuardPolicy.Of(Profile.Strict)]);
        var keys = was.Objects.Concat(now.Objects).Select(o => o.Key).Where(k => IsRoute(k.Kind)).Distinct();
        return [.. keys.SelectMany(k => Judged(k, RootOf(was, k), RootOf(now, k), cluster))];
    }

    private static bool IsRoute(ObjectKind kind) => kind == ObjectKind.HttpRoute || kind == ObjectKind.VirtualService;

    private static Node RootOf(IstioWorld world, ObjectKey key) => world.Objects.FirstOrDefault(o => o.Key == key).Root;

    private static IReadOnlyList<Judgement> Judged(ObjectKey key, Node old, Node root, Cluster cluster)
    {
        var operation = root.Exists ? Operation.Update : Operation.Delete;
        var review = new Review
        {
            Kind = key.Kind,
            Operation = old.Exists ? operation : Operation.Create,
            Object = root,
            OldObject = old,
            Namespace = key.Namespace,
            Name = key.Name,
            Actor = Judge.Human,
            Now = Judge.Now,
            Stage = Stage.Validate,
        };
        return Evaluator.Evaluate(review, cluster).Judgements;
    }
}
