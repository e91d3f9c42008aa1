using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Istio;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rules.DestinationRule;

/// <summary>A dead endpoint is given up soon. See docs/facts/istio.md#connect-timeout.</summary>
internal static class ConnectTimeout
{
    private static readonly DurationParameter Max = new(
        "maxConnectTimeout",
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMilliseconds(10),
        TimeSpan.FromMinutes(1),
        "longest wait for a TCP connection"
    );
    private static readonly DurationParameter Mesh = new(
        "meshConnectTimeout",
        TimeSpan.FromSeconds(10),
        TimeSpan.FromMilliseconds(10),
        TimeSpan.FromMinutes(10),
        "connectTimeout of the mesh configuration, which counts where a rule has none"
    );
    private static readonly DurationParameter Injected = new(
        "connectTimeout",
        TimeSpan.FromSeconds(2),
        TimeSpan.FromMilliseconds(10),
        TimeSpan.FromSeconds(10),
        "injected: wait for a TCP connection"
    );

    public static readonly Rule Rule = new()
    {
        Id = "destination-rule-connect-timeout",
        Summary = "A DestinationRule should give up soon on an endpoint that accepts no connection.",
        Why =
            "The mesh's default is 10s (mesh/v1alpha1/config.proto, connectTimeout): a pod or node that is gone without a word holds every "
            + "request sent to it that long before it fails or is tried elsewhere, "
            + "and most callers have given up by then. A subset or port that sets any part of connectionPool loses the connectTimeout of the "
            + "levels above.",
        Remedy = "Set connectionPool.tcp.connectTimeout to 2s: it allows for one lost packet, which TCP sends again after a second.",
        Kinds = [ObjectKind.DestinationRule],
        Reads = [ObjectKind.DestinationRule, ObjectKind.Service, ObjectKind.ServiceEntry],
        Parameters = [Max, Mesh, Injected],
        Baseline = GuardAction.Off,
        Strict = GuardAction.Warn,
        Fixable = true,
        Check = Check,
    };

    private const string Path = "connectionPool/tcp/connectTimeout";

    /// <summary>A rule for TLS only, a wildcard or an external host is not asked for a timeout; one that it has is judged.</summary>
    private static void Check(Inspection x)
    {
        var scope = new HostScope(x.Subject);
        var limit = x.Get(Max);
        foreach (var map in PolicyInForce.Of(x).Maps)
        {
            if (!map.Decides("connectionPool"u8) || !IsReadable(x.Read, map.Node["connectionPool"u8]))
                continue;
            var written = TimeoutIn(map.Node["connectionPool"u8]);
            if (!written.Exists && (scope.IsAdvice || scope.IsOnlyNames))
                continue;
            var inForce = TimeoutIn(map.Message("connectionPool"u8));
            var timeout = inForce.Exists ? x.Read.Duration(inForce) : x.Settings.Mesh.ConnectTimeout ?? x.Get(Mesh);
            if (timeout > limit)
                x.Report(TooLong(x, map, scope, written, timeout.Value, limit));
        }
    }

    private static Finding TooLong(Inspection x, MapInForce map, HostScope scope, Node written, TimeSpan timeout, TimeSpan limit)
    {
        var at = map.PlaceOf(Path);
        var replaced = TimeoutIn(map.Replaced("connectionPool"u8));
        Edit.Leaf leaf;
        if (!written.Exists && new Reader().Duration(replaced) <= limit)
            leaf = new Edit.Leaf(Path, replaced.ToString());
        else
            leaf = Edit.Leaf.Of(Path, x.Get(Injected) < limit ? x.Get(Injected) : limit);
        string actual;
        if (written.Exists)
            actual = $"connectTimeout is {Durations.Write(timeout)}";
        else
            actual =
                $"{map.Whom(scope.Host)} {(replaced.Exists ? $"does not get the connectTimeout of {map.Above}" : "has no connectTimeout")}, so "
                + $"the mesh's {Durations.Write(timeout)} count";
        return new Finding(
            at,
            map.Key,
            $"{actual}, at most {Durations.Write(limit)} is allowed: a request to an endpoint that is gone waits that long before it fails or "
                + $"is retried"
        )
        {
            Found = written.Exists ? Shown.Value(written) : null,
            Limit = $"at most {Durations.Write(limit)}",
            Excess = (timeout - limit).TotalSeconds,
            Remedy = written.Exists ? Yaml.Write("connectTimeout", Node.Parse(leaf.Json)) : PolicyDefaults.Yaml(at, Path, [leaf]),
            Edit =
                !written.Exists && map.Layer == PolicyLayer.Top && scope.IsRepairable && !map.IsFromMesh("connectionPool"u8)
                    ? PolicyDefaults.Edit(x.Spec, [leaf])
                    : null,
            AtMost = scope.IsAdvice ? GuardAction.Warn : GuardAction.Deny,
        };
    }

    private static Node TimeoutIn(Node pool) => pool["tcp"u8]["connectTimeout"u8];

    private static bool IsReadable(Reader read, Node pool) =>
        pool.Exists == read.Map(pool).Exists && pool["tcp"u8].Exists == read.Map(pool["tcp"u8]).Exists;
}
