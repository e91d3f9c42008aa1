using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Rollouts;

/// <summary>The part of <see cref="InvalidSpec"/> that is about one step of a canary.</summary>
internal static class InvalidStep
{
    /// <summary>Of which a step may have one; of the others Argo lets any stand beside it.</summary>
    private static readonly string[] OneOf = ["setWeight", "pause", "experiment", "analysis"];

    private static readonly string[] Others = ["setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin"];

    public static IEnumerable<Finding> Of(Node step, Node routing, long mostWeight, Reader read)
    {
        var kinds = Array.FindAll(OneOf, kind => step[kind].Exists);
        if (kinds.Length > 1)
        {
            yield return InvalidSpec.Fault(
                step,
                string.Join('+', kinds),
                $"one step has {string.Join(" and ", kinds)}, one of them is allowed",
                Apart(step, kinds)
            );
        }
        else if (kinds.Length == 0 && !Array.Exists(Others, kind => step[kind].Exists))
        {
            yield return InvalidSpec.Fault(
                step,
                "nothing",
                $"the step has nothing to do, one of {string.Join(", ", OneOf)}, {string.Join(", ", Others)} is needed"
            );
        }
        if (read.Integer(step["setWeight"u8]) is { } weight && (weight < 0 || weight > mostWeight))
        {
            yield return InvalidSpec.Fault(
                step["setWeight"u8],
                "setWeight",
                $"setWeight is {weight}, 0 to {mostWeight} is allowed",
                $"setWeight: {Math.Clamp(weight, 0, mostWeight)}",
                weight < 0 ? -(double)weight : (double)weight - mostWeight
            );
        }
        var duration = step["pause"u8]["duration"u8];
        if (
            duration.Exists
            && (duration.Text is not null ? StepHold.PauseLength(duration, read) is null : read.Integer(duration) is < 0 or > int.MaxValue)
        )
        {
            yield return InvalidSpec.Fault(
                duration,
                "pause",
                $"the duration is {Shown.Value(duration)}, seconds or a duration such as 5m is expected",
                "duration: 5m"
            );
        }
        foreach (var fault in Routes(step, routing, read))
            yield return fault;
        foreach (var fault in Experiment(step["experiment"u8], routing, read))
            yield return fault;
        foreach (var fault in Arguments(step["analysis"u8], read))
            yield return fault;
        foreach (var item in step["experiment"u8]["analyses"u8].Items)
        {
            foreach (var fault in Arguments(item, read))
                yield return fault;
        }
    }

    /// <summary>Without trafficRouting their routes are in no managedRoutes either, which rollout-managed-routes says.</summary>
    private static IEnumerable<Finding> Routes(Node step, Node routing, Reader read)
    {
        var header = step["setHeaderRoute"u8];
        var mirror = step["setMirrorRoute"u8];
        if (!routing.Exists)
            yield break;
        var direct = routing["istio"u8].Exists || InvalidCanary.HasPlugins(routing);
        if (header.IsObject && !direct && !routing["alb"u8].Exists && !routing["apisix"u8].Exists)
        {
            yield return InvalidSpec.Fault(
                header,
                $"setHeaderRoute {Name(header)}",
                "setHeaderRoute stands beside a traffic router that cannot do it, istio, alb, apisix or a plugin is needed"
            );
        }
        else if (header.IsObject)
        {
            foreach (var item in read.Items(header["match"u8]))
            {
                var match = read.Map(item);
                var key = $"setHeaderRoute {Name(header)} {match["headerName"u8].Text}";
                if (match.IsObject && Value(Place.Of(match, "headerValue"), key, routing["alb"u8].Exists) is { } fault)
                    yield return fault;
            }
        }
        if (mirror.IsObject && !direct)
        {
            yield return InvalidSpec.Fault(
                mirror,
                $"setMirrorRoute {Name(mirror)}",
                "setMirrorRoute stands beside a traffic router that cannot do it, istio or a plugin is needed"
            );
        }
        foreach (var item in read.Items(mirror["match"u8]))
        {
            foreach (var part in (string[])["method", "path"])
            {
                var value = item[part];
                if (value.Exists && Value(value, $"setMirrorRoute {Name(mirror)} {part}", exactOnly: false) is { } fault)
                    yield return fault;
            }
        }
    }

    private static string? Name(Node route) => route["name"u8].Text;

    /// <summary>What a header, method or path must be: one of exact, prefix and regex.</summary>
    private static Finding? Value(Place at, string key, bool exactOnly)
    {
        var value = at.Missing is null ? at.Node : default;
        if (value.Exists && !value.IsObject)
            return null;
        var given = Array.FindAll(["exact", "prefix", "regex"], kind => value[kind].Exists && value[kind].Text != "");
        // YAML takes y and no for booleans, and then Argo cannot read the Rollout at all
        if (Array.Find(given, kind => value[kind].Text is null) is { } kind)
        {
            var wrong = value[kind];
            return InvalidSpec.Fault(
                wrong,
                $"{key} type",
                $"{kind} is {Shown.Value(wrong)}, text is expected",
                $"{kind}: \"{Shown.Clip(wrong.ToString(), 30)}\""
            );
        }
        if (given is ["exact"] || (given.Length == 1 && !exactOnly))
            return null;
        var found = given.Length == 0 ? "nothing" : string.Join(" and ", given);
        return InvalidSpec.Fault(
            at,
            key,
            $"the value is matched by {found}, {(exactOnly ? "alb needs exact alone" : "exactly one of exact, prefix and regex is needed")}"
        );
    }

    private static IEnumerable<Finding> Experiment(Node experiment, Node routing, Reader read)
    {
        if (routing["istio"u8].Exists || routing["alb"u8].Exists || routing["smi"u8].Exists || InvalidCanary.HasPlugins(routing))
            yield break;
        foreach (var item in read.Items(experiment["templates"u8]))
        {
            var template = item;
            if (!template["weight"u8].Exists)
                continue;
            var found = routing.Exists ? "beside a traffic router that cannot do it" : "in a canary without trafficRouting";
            yield return InvalidSpec.Fault(
                template["weight"u8],
                $"experiment {Name(template)}",
                $"the weight of an experiment stands {found}, istio, alb, smi or a plugin is needed"
            );
        }
    }

    /// <summary>A field of metadata that the downward API knows; Argo reads other fields itself.</summary>
    private static IEnumerable<Finding> Arguments(Node analysis, Reader read)
    {
        foreach (var item in read.Items(analysis["args"u8]))
        {
            var path = item["valueFrom"u8]["fieldRef"u8]["fieldPath"u8];
            if (path.Text is not { } text || !text.StartsWith("metadata", StringComparison.Ordinal) || IsKnown(text))
                continue;
            var shown = Shown.Quote(Shown.Clip(text, 60));
            yield return InvalidSpec.Fault(
                path,
                $"argument {text}",
                $"the fieldPath is {shown}, a name, namespace, uid, label or annotation of metadata is expected",
                "fieldPath: metadata.labels['region']"
            );
        }
    }

    private static bool IsKnown(string path) =>
        path is "metadata.name" or "metadata.namespace" or "metadata.uid" or "metadata.labels" or "metadata.annotations"
        || (
            path.EndsWith("']", StringComparison.Ordinal)
            && (path.StartsWith("metadata.labels['", StringComparison.Ordinal) || path.StartsWith("metadata.annotations['", StringComparison.Ordinal))
        );

    /// <summary>The same, a step each; nothing where that would be long.</summary>
    private static string? Apart(Node step, string[] kinds)
    {
        var lines = kinds.Select(kind => $"- {kind}: {Shown.Clean(step[kind].ToString())}").ToList();
        return lines.Exists(line => line.Length > 100) ? null : string.Join('\n', lines);
    }
}
