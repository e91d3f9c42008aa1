using System.Globalization;
using System.Text.Json;
using AdmissionGuard.Core.GatewayApi;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Relations;
using AdmissionGuard.Core.Routing;
using AdmissionGuard.Core.World;

namespace AdmissionGuard.Tests.Oracles;

/// <summary>A route in one line, of ours and of the oracle's facts alike.</summary>
internal static class RouteText
{
    public static string Of(TableRule rule, View world)
    {
        var effect = rule.Effect;
        var isRedirect = effect.Answer is > 300 and < 400 && !rule.Setting("directResponse"u8).Exists;
        var status = isRedirect ? "by redirect" : $"{effect.Answer}";
        var answer = effect.Answer is null ? "" : $" answers {status}";
        var timeout = effect.Answer is null ? $" timeout {Seconds(effect.Timeout)} retries {effect.Attempts}" : "";
        var perTry = effect.Answer is null && effect.Attempts > 0 && effect.PerTry is { } each ? $" per {Seconds(each)}" : "";
        var copies = Targets(" copies ", effect.Mirrors.Where(m => IsThere(rule, m, world)));
        return $"{NameOf(rule)} {MatchOf(rule.Match)}{Joined(" to ", Usable(rule, effect, world))}{copies}{answer}{timeout}{perTry}";
    }

    public static string OfFact(JsonElement route)
    {
        var isAnswer = route.TryGetProperty("direct", out var direct) || route.TryGetProperty("redirect", out direct);
        var answer = isAnswer ? $" answers {StatusOf(route)}" : "";
        var retries = route.TryGetProperty("retries", out var r) ? r : default;
        var attempts = retries.ValueKind == JsonValueKind.Object ? retries.GetProperty("attempts").GetInt64() : 0;
        var timeout = isAnswer ? "" : $" timeout {Seconds(Duration(route, "timeout"))} retries {attempts}";
        var perTry = !isAnswer && attempts > 0 && Duration(retries, "perTry") is { } each ? $" per {Seconds(each)}" : "";
        var shares = route.TryGetProperty("clusters", out var c) ? c.EnumerateArray().Where(x => x.GetProperty("percent").GetDouble() > 0) : [];
        var mirrors = route.TryGetProperty("mirrors", out var m) ? m.EnumerateArray().Where(x => x.GetProperty("percent").GetDouble() > 0) : [];
        var name = route.TryGetProperty("name", out var written) ? written.GetString() : "";
        var match = Sorted(route.GetProperty("match").GetString()!);
        return $"{name} {match}{Targets(" to ", shares)}{Targets(" copies ", mirrors)}{answer}{timeout}{perTry}";
    }

    /// <summary>Istio's name for a backend that it may not use.</summary>
    private static IEnumerable<(string Host, string Subset, double Percent)> Usable(TableRule rule, RouteEffect effect, View world)
    {
        var unusable =
            rule.Route is HttpRouteRule
                ? rule.Route.Shares.Destinations.Where(s => BackendUse.WhyNot(world, rule.Of, s.Destination) is not null)
                : [];
        var hosts = unusable.Select(s => rule.Route.DestinationOf(s.Destination, rule.Of)).ToHashSet();
        return effect.Shares.Select(s =>
            hosts.Contains(s.Destination) ? ("UnknownService", "", s.Percent) : (s.Destination.Host, s.Destination.Subset ?? "", s.Percent)
        );
    }

    /// <summary>An HTTPRoute's mirror to a Service that is not there is not written.</summary>
    private static bool IsThere(TableRule rule, Portion mirror, View world) =>
        rule.Route is not HttpRouteRule || HostRegistry.Look(world, mirror.Destination.Host, out _) == Presence.Here;

    private static string StatusOf(JsonElement route)
    {
        if (route.TryGetProperty("direct", out var direct))
            return direct.ToString();
        return "by redirect";
    }

    private static string NameOf(TableRule rule)
    {
        if (rule.Route is HttpRouteRule http)
            return http.Name ?? $"{rule.Of.Namespace}.{rule.Of.Name}.{http.Index}";
        var name = string.Join('-', new[] { rule.RootRoute?.Name, rule.Route.Name }.Where(n => n is not null));
        return rule.Match.Name.Length > 0 ? $"{name}.{rule.Match.Name}" : name;
    }

    private static string MatchOf(RequestMatch match)
    {
        var path = match.Path switch
        {
            null => "prefix=/",
            { How: Comparison.Prefix } p when match.ByElement => $"pathPrefix={p.Value}",
            var p => $"{p.How.ToString().ToLowerInvariant()}={p.Value}",
        };
        var conditions = match.Conditions.Select(c =>
            (c.IsNegated ? "!" : "")
            + c.Property.Replace("header ", "", StringComparison.Ordinal).Replace("query ", "?", StringComparison.Ordinal)
            + (c.Match is { } m ? $":{m.How.ToString().ToLowerInvariant()}={m.Value}" : ":present")
        );
        return Sorted(string.Join(' ', [path, .. match.IgnoresCase ? ["ignoreCase"] : Array.Empty<string>(), .. conditions]));
    }

    private static string Sorted(string match)
    {
        var parts = match.Split(' ');
        return string.Join(' ', [parts[0], .. parts.Skip(1).Select(p => p.ToLowerInvariant()).Order(StringComparer.Ordinal)]);
    }

    private static string Targets(string before, IEnumerable<Portion> shares) =>
        Joined(before, shares.Select(s => (s.Destination.Host, s.Destination.Subset ?? "", s.Percent)));

    private static string Targets(string before, IEnumerable<JsonElement> clusters) =>
        Joined(
            before,
            clusters
                .Select(c => (Parts: c.GetProperty("cluster").GetString()!.Split('|'), Percent: c.GetProperty("percent").GetDouble()))
                .Select(c => c.Parts.Length > 3 ? (c.Parts[3], c.Parts[2], c.Percent) : (c.Parts[0], "", c.Percent))
        );

    private static string Joined(string before, IEnumerable<(string Host, string Subset, double Percent)> shares)
    {
        var texts = shares.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Host}/{s.Subset} {Math.Round(s.Percent, 1)}")).ToList();
        return texts.Count == 0 ? "" : before + string.Join(", ", texts);
    }

    private static TimeSpan? Duration(JsonElement map, string key) =>
        map.ValueKind == JsonValueKind.Object && map.TryGetProperty(key, out var text) ? new Reader().Duration(Node.Parse($"\"{text}\"")) : null;

    private static string Seconds(TimeSpan? time) => time is { } t ? t.TotalSeconds.ToString(CultureInfo.InvariantCulture) : "0";
}
