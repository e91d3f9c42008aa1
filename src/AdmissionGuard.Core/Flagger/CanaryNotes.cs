using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>What a Canary's plan cannot show in shares and times, in sentences (docs/facts/flagger.md#course).</summary>
internal static class CanaryNotes
{
    public static IEnumerable<string> Of(CanaryAnalysis analysis)
    {
        if (!analysis.Node.IsObject)
            yield break;
        if (analysis.IsSkipped)
        {
            yield return "nothing is checked: skipAnalysis promotes at the first look";
            yield break;
        }
        if (analysis.EverybodyMatches is { } why)
            yield return $"match picks nobody out, these are the shares of all users: {why}";
        else if (analysis.HasOwnRoute)
            yield return "users who do not match keep the old version until the primary rolls: they go from 0 to 100 % then, unchecked";
        if (CanaryStall.Of(analysis) is { } stall)
            yield return $"this release never ends: {stall.Message}";
        if (analysis.HasAffinity && analysis.Router.KnowsAffinity)
            yield return "sessionAffinity keeps users on the new version once they have had it: more are on it than each share says";
        if (analysis.IsBlueGreen || analysis.IsByMatch)
            yield return Checks(analysis);
        else
        {
            var walk = analysis.Walk;
            if (walk.IsReadable && walk.Steps.Count > 0 && walk.Steps[^1].Weight > walk.Max && walk.EndsAt is null)
                yield return $"maxWeight {walk.Max} is no cap: the last step goes to {walk.Steps[^1].Weight} %";
            yield return Checks(analysis);
        }
        if (analysis.Node["interval"u8].Text is { } text && analysis.WrittenInterval is null)
            yield return $"interval {Shown.Quote(Shown.Clip(text, 40))} cannot be read: it is taken for 60s";
    }

    /// <summary>
    /// A cookie of the primary lives for an interval, which must be readable for it: else no route is ever written (flagger pkg/router/istio.go,
    /// getSessionAffinityRouteRules).
    /// </summary>
    public static bool CookieCannotBeMade(CanaryAnalysis analysis) =>
        analysis.Router.KnowsAffinity
        && analysis.Node["sessionAffinity"u8]["primaryCookieName"u8].Text is { Length: > 0 }
        && analysis.WrittenInterval is null;

    private static string Checks(CanaryAnalysis analysis) =>
        analysis.Threshold is { } threshold
            ? $"failed checks add up over the whole release, at {threshold} it is taken back; from the promotion on nothing is checked"
            : "from the promotion on nothing is checked";
}
