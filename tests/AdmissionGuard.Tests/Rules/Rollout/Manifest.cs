using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

/// <summary>Rollouts and VirtualServices in one line, as JSON with single quotes.</summary>
internal static class Manifest
{
    public const string Istio =
        "'canaryService': 'api-canary', 'stableService': 'api-stable', 'trafficRouting': {'istio': {'virtualService': {'name': 'api', "
        + "'routes': ['primary']}}}";

    public const string Background = "'analysis': {'templates': [{'templateName': 'success-rate'}]}";

    public static string Rollout(string strategy, string status = "{}", string template = "v2") =>
        "{'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Rollout', 'metadata': {'name': 'api', 'namespace': 'shop'}, "
        + $"'spec': {{'replicas': 1000, 'selector': {{'matchLabels': {{'app': 'api'}}}}, 'template': {{'metadata': {{'labels': {{'app': 'api'}}}}, "
        + $"'spec': {{'containers': [{{'name': 'api', 'image': 'api:{template}'}}]}}}}, "
        + $"'strategy': {strategy}}}, 'status': {status}}}";

    /// <summary>
    /// A canary of these steps, <c>5 pause:5m 50</c>: a number is a setWeight, <c>pause:</c> a pause, <c>wait</c> one without duration, others the
    /// step of that name.
    /// </summary>
    public static string Canary(string steps, string? also = null, string status = "{}", string template = "v2") =>
        Rollout($"{{'canary': {{{(also is null ? "" : also + ", ")}'steps': {Steps(steps)}}}}}", status, template);

    public static string BlueGreen(string fields, string status = "{}") =>
        Rollout($"{{'blueGreen': {{'activeService': 'api'{(fields.Length == 0 ? "" : ", " + fields)}}}}}", status);

    public static string Steps(string steps) => $"[{string.Join(", ", steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Step))}]";

    public static string VirtualService(string http, string name = "api", string @namespace = "shop") =>
        $"{{'apiVersion': 'networking.istio.io/v1', 'kind': 'VirtualService', 'metadata': {{'name': '{name}', 'namespace': '{@namespace}'}}, "
        + $"'spec': {{'hosts': ['api'], 'http': {http}}}}}";

    /// <summary>The one finding's action, or null where there is none.</summary>
    public static GuardAction? Action(this IReadOnlyList<Judgement> judgements) => judgements.Count == 0 ? null : Assert.Single(judgements).Action;

    private static string Step(string step) =>
        step switch
        {
            "wait" => "{'pause': {}}",
            "analysis" => "{'analysis': {'templates': [{'templateName': 'success-rate'}]}}",
            "experiment" => "{'experiment': {'duration': '10m', 'templates': [{'name': 'canary', 'specRef': 'canary'}]}}",
            "judged-experiment" =>
                "{'experiment': {'templates': [{'name': 'canary', 'specRef': 'canary'}], 'analyses': [{'name': 'a', 'templateName': "
                    + "'success-rate'}]}}",
            "plugin" => "{'plugin': {'name': 'acme/gate'}}",
            "scale" => "{'setCanaryScale': {'weight': 25}}",
            "header" => "{'setHeaderRoute': {'name': 'beta', 'match': [{'headerName': 'x-beta', 'headerValue': {'exact': 'yes'}}]}}",
            "mirror" => "{'setMirrorRoute': {'name': 'shadow', 'percentage': 10, 'match': [{'method': {'exact': 'GET'}}]}}",
            "nothing" => "{'pause': null}",
            "word" => "'pause'",
            _ when step.StartsWith("pause:", StringComparison.Ordinal) =>
                $"{{'pause': {{'duration': {(int.TryParse(step[6..], out _) || step[6] == '\'' ? step[6..] : $"'{step[6..]}'")}}}}}",
            _ => $"{{'setWeight': {step}}}",
        };
}
