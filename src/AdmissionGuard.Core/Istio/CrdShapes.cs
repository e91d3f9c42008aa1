using static AdmissionGuard.Core.Istio.CrdShape;

namespace AdmissionGuard.Core.Istio;

/// <summary>
/// The specs of Istio's kinds as their custom resource definitions have them (istio/istio 1.32, manifests/charts/base/files/crd-all.gen.yaml; all
/// three versions are the same).
/// </summary>
internal static class CrdShapes
{
    private static readonly CrdShape Match = Map(("exact", Text), ("prefix", Text), ("regex", Text)).With(oneOf: ["exact", "prefix", "regex"]);

    private static readonly CrdShape Operations = Map(("add", TextMap), ("remove", Texts), ("set", TextMap));

    private static readonly CrdShape Headers = Map(("request", Operations), ("response", Operations));

    private static readonly CrdShape Destination = Map(("host", Text), ("port", Map(("number", Unsigned))), ("subset", Text)).With(["host"]);

    private static readonly CrdShape Percent = Map(("value", Number));

    private static readonly CrdShape Route = List(Map(("destination", Destination), ("headers", Headers), ("weight", Signed)).With(["destination"]));

    private static readonly (string, CrdShape)[] Streams =
    [
        ("destinationSubnets", Texts),
        ("gateways", Texts),
        ("port", Unsigned),
        ("sourceLabels", TextMap),
        ("sourceNamespace", Text),
    ];

    private static readonly CrdShape Requests = Map(
        ("authority", Match),
        ("gateways", Texts),
        ("headers", MapOf(Match)),
        ("ignoreUriCase", Flag),
        ("method", Match),
        ("name", Text),
        ("port", Unsigned),
        ("queryParams", MapOf(Match)),
        ("scheme", Match),
        ("sourceLabels", TextMap),
        ("sourceNamespace", Text),
        ("statPrefix", Text),
        ("uri", Match),
        ("withoutHeaders", MapOf(Match))
    );

    private static readonly CrdShape Fault = Map(
        (
            "abort",
            Map(("grpcStatus", Text), ("http2Error", Text), ("httpStatus", Signed), ("percentage", Percent))
                .With(oneOf: ["httpStatus", "grpcStatus", "http2Error"])
        ),
        (
            "delay",
            Map(("exponentialDelay", Duration), ("fixedDelay", Duration), ("percent", Signed), ("percentage", Percent))
                .With(oneOf: ["fixedDelay", "exponentialDelay"])
        )
    );

    private static readonly CrdShape Cors = Map(
        ("allowCredentials", Flag),
        ("allowHeaders", Texts),
        ("allowMethods", Texts),
        ("allowOrigin", Texts),
        ("allowOrigins", List(Match)),
        ("exposeHeaders", Texts),
        ("maxAge", Duration),
        ("unmatchedPreflights", OneWord("UNSPECIFIED", "FORWARD", "IGNORE"))
    );

    private static readonly CrdShape Redirect = Map(
            ("authority", Text),
            ("derivePort", OneWord("FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT")),
            ("port", Unsigned),
            ("prefixRewrite", Text),
            ("redirectCode", Unsigned),
            ("scheme", Text),
            ("uri", Text)
        )
        .With(oneOf: ["port", "derivePort"]);

    private static readonly CrdShape Retries = Map(
        ("attempts", Signed),
        ("backoff", Duration),
        ("perTryTimeout", Duration),
        ("retryIgnorePreviousHosts", Flag),
        ("retryOn", Text),
        ("retryRemoteLocalities", Flag)
    );

    private static readonly CrdShape Http = Map(
        ("corsPolicy", Cors),
        ("delegate", Map(("name", Text), ("namespace", Text))),
        (
            "directResponse",
            Map(("body", Map(("string", Text), ("bytes", Text)).With(oneOf: ["string", "bytes"])), ("status", Unsigned)).With(["status"])
        ),
        ("fault", Fault),
        ("headers", Headers),
        ("match", List(Requests)),
        ("mirror", Destination),
        ("mirror_percent", Unsigned),
        ("mirrorPercent", Unsigned),
        ("mirrorPercentage", Percent),
        ("mirrors", List(Map(("destination", Destination), ("percentage", Percent)).With(["destination"]))),
        ("name", Text),
        ("redirect", Redirect),
        ("retries", Retries),
        ("rewrite", Map(("authority", Text), ("uri", Text), ("uriRegexRewrite", Map(("match", Text), ("rewrite", Text))))),
        ("route", Route),
        ("timeout", Duration)
    );

    public static CrdShape VirtualService { get; } =
        Map(
            ("exportTo", Texts),
            ("gateways", Texts),
            ("hosts", Texts),
            ("http", List(Http)),
            ("tcp", List(Map(("match", List(Map([.. Streams, ("sourceSubnet", Text)]))), ("route", Route)))),
            ("tls", List(Map(("match", List(Map([.. Streams, ("sniHosts", Texts)]).With(["sniHosts"]))), ("route", Route)).With(["match"])))
        );

    private static readonly CrdShape Endpoint = Map(
        ("address", TextUpTo(256)),
        ("labels", MapOf(Text, 256)),
        ("locality", TextUpTo(2048)),
        ("network", TextUpTo(2048)),
        ("ports", MapOf(Unsigned, 128)),
        ("serviceAccount", TextUpTo(253)),
        ("weight", Unsigned)
    );

    public static CrdShape ServiceEntry { get; } =
        Map(
                ("addresses", List(TextUpTo(64), 256)),
                ("endpoints", List(Endpoint, 4096)),
                ("exportTo", Texts),
                ("hosts", List(Text, 256)),
                ("location", OneWord("MESH_EXTERNAL", "MESH_INTERNAL")),
                (
                    "ports",
                    List(
                        Map(("name", TextUpTo(256)), ("number", Unsigned), ("protocol", TextUpTo(256)), ("targetPort", Unsigned))
                            .With(["number", "name"]),
                        256
                    )
                ),
                ("resolution", OneWord("NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS")),
                ("subjectAltNames", Texts),
                ("workloadSelector", Map(("labels", MapOf(TextUpTo(63), 256))))
            )
            .With(["hosts"]);
}
