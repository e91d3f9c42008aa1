using static AdmissionGuard.Core.Istio.CrdShape;

namespace AdmissionGuard.Core.Istio;

/// <summary>As <see cref="CrdShapes"/>, of a DestinationRule.</summary>
internal static class CrdShapesOfPolicies
{
    private static readonly CrdShape Detection = Map(
        ("baseEjectionTime", Duration),
        ("consecutive5xxErrors", Unsigned),
        ("consecutiveErrors", Signed),
        ("consecutiveGatewayErrors", Unsigned),
        ("consecutiveLocalOriginFailures", Unsigned),
        ("interval", Duration),
        ("maxEjectionPercent", Signed),
        ("minHealthPercent", Signed),
        ("outlierDetectionHttpErrorCodes", List(Integer(100, 599))),
        ("splitExternalLocalOriginErrors", Flag)
    );

    private static readonly CrdShape Pool = Map(
        (
            "http",
            Map(
                ("h2UpgradePolicy", OneWord("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE")),
                ("http1MaxPendingRequests", Signed),
                ("http2KeepAlive", Map(("interval", Duration), ("timeout", Duration))),
                ("http2MaxRequests", Signed),
                ("idleTimeout", Duration),
                ("maxConcurrentStreams", Signed),
                ("maxRequestsPerConnection", Signed),
                ("maxRetries", Signed),
                ("useClientProtocol", Flag)
            )
        ),
        (
            "tcp",
            Map(
                ("connectTimeout", Duration),
                ("idleTimeout", Duration),
                ("maxConnectionDuration", Duration),
                ("maxConnections", Signed),
                ("tcpKeepalive", Map(("interval", Duration), ("probes", Unsigned), ("time", Duration)))
            )
        )
    );

    private static readonly CrdShape Failover = List(Map(("from", Text), ("to", Text)));

    private static readonly CrdShape Hash = Map(
        (
            "httpCookie",
            Map(("attributes", List(Map(("name", Text), ("value", Text)).With(["name"]))), ("name", Text), ("path", Text), ("ttl", Duration))
                .With(["name"])
        ),
        ("httpHeaderName", Text),
        ("httpQueryParameterName", Text),
        ("maglev", Map(("tableSize", Integer(0, double.PositiveInfinity)))),
        ("minimumRingSize", Integer(0, double.PositiveInfinity)),
        ("ringHash", Map(("minimumRingSize", Integer(0, double.PositiveInfinity)))),
        ("useSourceIp", Flag)
    );

    private static readonly CrdShape Balancer = Map(
            (
                "backendUtilization",
                Map(
                    ("errorUtilizationPenaltyPercent", Unsigned),
                    ("metricNamesForComputingUtilization", Texts),
                    ("weightExpirationPeriod", Duration),
                    ("weightStabilizationPeriod", Duration),
                    ("weightUpdatePeriod", Duration)
                )
            ),
            ("consistentHash", Hash),
            (
                "localityLbSetting",
                Map(
                    ("distribute", List(Map(("from", Text), ("to", MapOf(Unsigned))))),
                    ("enabled", Flag),
                    ("failover", Failover),
                    ("failoverPriority", Texts)
                )
            ),
            ("simple", OneWord("UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST")),
            (
                "warmup",
                Map(("aggression", Between(0, double.PositiveInfinity)), ("duration", Duration), ("minimumPercent", Between(0, 100)))
                    .With(["duration"])
            ),
            ("warmupDurationSecs", Duration),
            (
                "zoneAwareLbSetting",
                Map(("enabled", Flag), ("failover", Failover), ("failoverPriority", Texts), ("minClusterSize", Integer(1, uint.MaxValue)))
            )
        )
        .With(oneOf: ["simple", "consistentHash", "backendUtilization"]);

    private static readonly CrdShape Security = Map(
        ("caCertificates", Text),
        ("caCrl", Text),
        ("clientCertificate", Text),
        ("credentialName", Text),
        ("insecureSkipVerify", Flag),
        ("mode", OneWord("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL")),
        ("privateKey", Text),
        ("sni", Text),
        ("subjectAltNames", Texts)
    );

    private static readonly (string, CrdShape)[] Shared =
    [
        ("connectionPool", Pool),
        ("loadBalancer", Balancer),
        ("outlierDetection", Detection),
        ("tls", Security),
    ];

    private static readonly CrdShape Policy = Map([
        .. Shared,
        ("portLevelSettings", List(Map([.. Shared, ("port", Map(("number", Unsigned)))]), 4096)),
        ("proxyProtocol", Map(("version", OneWord("V1", "V2")))),
        ("retryBudget", Map(("budgetInterval", Duration), ("minRetryConcurrency", Unsigned), ("percent", Between(0, 100)))),
        ("tunnel", Map(("protocol", Text), ("targetHost", Text), ("targetPort", Unsigned)).With(["targetHost", "targetPort"])),
    ]);

    public static CrdShape DestinationRule { get; } =
        Map(
                ("exportTo", Texts),
                ("host", Text),
                ("subsets", List(Map(("labels", TextMap), ("name", Text), ("trafficPolicy", Policy)).With(["name"]))),
                ("trafficPolicy", Policy),
                ("workloadSelector", Map(("matchLabels", MapOf(TextUpTo(63), 4096))))
            )
            .With(["host"]);
}
