using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Flagger;

/// <summary>How a Canary's releases are judged (docs/facts/flagger.md#analysis-defaults).</summary>
internal sealed class CanaryAnalysis
{
    /// <summary>What Flagger takes for an interval that is absent or that it cannot read.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(60);

    /// <summary>Shorter ones become this.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

    private readonly Reader read;

    /// <summary><c>canaryAnalysis</c> is the old name, which counts where the new one is absent.</summary>
    public CanaryAnalysis(Node spec, Reader read)
    {
        this.read = read;
        Key = !spec["analysis"u8].Exists && spec["canaryAnalysis"u8].Exists ? "canaryAnalysis" : "analysis";
        Node = read.Map(spec[Key]);
        Spec = spec;
    }

    public Node Spec { get; }

    public string Key { get; }

    public Node Node { get; }

    /// <summary>Time between two checks, as Flagger takes it.</summary>
    public TimeSpan Interval
    {
        get
        {
            if (WrittenInterval is not { } interval)
                return DefaultInterval;
            if (interval < LeastInterval)
                return LeastInterval;
            return interval;
        }
    }

    /// <summary>Null where it is absent or Go cannot read it.</summary>
    public TimeSpan? WrittenInterval => Node["interval"u8].Text is { } text && Durations.TryParse(text, out var interval) ? interval : null;

    /// <summary>Failed checks before the release is taken back; 0 and less are 1. Null where it cannot be read.</summary>
    public long? Threshold
    {
        get
        {
            if (!Node["threshold"u8].Exists)
                return 1;
            if (read.Integer(Node["threshold"u8]) is { } threshold)
                return Math.Max(1, threshold);
            return null;
        }
    }

    /// <summary>0 where there are none.</summary>
    public long Iterations => Math.Max(0, read.Integer(Node["iterations"u8]) ?? 0);

    /// <summary>What moves the users.</summary>
    public CanaryRouter Router => new(Spec);

    public bool HasAffinity => Node["sessionAffinity"u8].IsObject;

    private bool HasMatch => Node["match"u8].Count > 0 && !IsUnrouted;

    /// <summary>Why the match of the analysis picks nobody out, and all users count as matching; null where it does.</summary>
    public string? EverybodyMatches => HasMatch ? CanaryMatch.WhyEverybody(Router, Node["match"u8], Spec["service"u8], HasAffinity) : null;

    /// <summary>Users who match have a route of their own, and the others stay with the old version until it is promoted.</summary>
    public bool HasOwnRoute => HasMatch && EverybodyMatches is null;

    /// <summary>All that the match picks out go to the new version at once, for some checks.</summary>
    public bool IsByMatch => Iterations > 0 && HasMatch;

    /// <summary>All users change over after some checks. Without a router Flagger can do nothing else.</summary>
    public bool IsBlueGreen => (Iterations > 0 && !IsByMatch) || IsUnrouted;

    /// <summary>By Services alone, so that weights mean nothing.</summary>
    public bool IsUnrouted => Router.IsUnrouted;

    public bool IsSkipped => read.Boolean(Spec["skipAnalysis"u8]) == true;

    public bool Mirrors => read.Boolean(Node["mirror"u8]) == true;

    public IEnumerable<CanaryMetric> Metrics
    {
        get
        {
            foreach (var item in read.Items(Node["metrics"u8]))
                yield return new CanaryMetric(read.Map(item));
        }
    }

    /// <summary>Something judges the new version while it has users: a metric that can be bad, or a webhook.</summary>
    public bool CanFail => Metrics.Any(m => m.Node.Exists && m.NeverFails is null) || Calls("rollout");

    /// <summary>Something can stop it before it has users.</summary>
    public bool HasGateBefore => Calls("pre-rollout");

    /// <summary>Negative: the primary's weight goes down at each look of the promotion, which never ends. Null where it cannot be read.</summary>
    public long? PromotionStep => Node["stepWeightPromotion"u8].Exists ? read.Integer(Node["stepWeightPromotion"u8]) : 0;

    /// <summary>Checks meet mirrored requests for ever where the router does not see its own mirror.</summary>
    public bool MirrorsForEver => Mirrors && !IsBlueGreen && !IsByMatch && !Router.SeesMirror(HasAffinity);

    /// <summary>Whether a webhook of a type is called; one without a type is called at every check.</summary>
    public bool Calls(string type)
    {
        foreach (var item in Node["webhooks"u8].Items)
        {
            if (
                item["type"u8] is var written
                && (written.Text ?? (written.Exists ? "" : "rollout")) is var text
                && (text == type || (text.Length == 0 && type == "rollout"))
            )
                return true;
        }
        return false;
    }

    /// <summary>The weights that a release by weights takes.</summary>
    public WeightWalk Walk => new(Node, read);
}
